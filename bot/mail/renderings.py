"""Tells which bodies of a message are renderings of the same words, and what each adds to the other."""

import re
from collections.abc import Sequence

from selectolax.lexbor import LexborHTMLParser

from bot.mail.html_text import read_html
from bot.mail.lines import Line, read_plain, tidy
from bot.values.message import Message, Owner, TextPart

_NO_WORDS = re.compile(r"<[^<>\s]{3,2000}>|\[(?:cid|image)[^\]\n]{0,200}\]")
_STUB = re.compile(
    r"(?=.*\bhtml\b)(?=.*(?:view|support|client|browser|enable|display))", re.DOTALL | re.IGNORECASE
)
_COMPARED = 200_000


def renderings_of(message: Message) -> list[list[TextPart]]:
    """The own bodies as one list, or as two where plain and HTML say the same thing twice; HTML first."""
    own = [part for part in message.texts if part.owner is Owner.OWN]
    html = [part for part in own if part.kind == "html"]
    plain = [part for part in own if part.kind != "html"]
    if not message.alternatives or not html or not plain:
        return [own] if own else []
    return [_complete(html, plain, own), _complete(plain, html, own)]


def _complete(chosen: list[TextPart], others: list[TextPart], own: list[TextPart]) -> list[TextPart]:
    """One rendering with the parts that have no twin in it: text after the attachment, in the other kind."""
    if len(others) <= 1:
        return chosen
    said = bare_words(" ".join(_visible(part) for part in chosen))
    missing = [part for part in others[1:] if bare_words(_visible(part)) not in said]
    return [part for part in own if any(part is kept for kept in (*chosen, *missing))]


def _visible(part: TextPart) -> str:
    return "\n".join(line.text for line in lines_of(part))


def lines_of(part: TextPart) -> list[Line]:
    """The lines of a body, as somebody sees it who opens the mail."""
    return read_html(part.text) if part.kind == "html" else read_plain(part.text)


def bare_words(text: str) -> str:
    """Letters and digits only: two renderings of one text differ in everything else."""
    return re.sub(r"[\W_]+", "", _NO_WORDS.sub(" ", text)).casefold()


def is_stub(text: str) -> bool:
    """What programs put into the plain part when they have written HTML only."""
    return len(text) < 300 and bool(_STUB.match(text))


def share_their_words(message: Message) -> bool:
    """Whether plain and HTML hold the same words when everything in them is counted."""
    own = [part for part in message.texts if part.owner is Owner.OWN]
    plain = " ".join(part.text for part in own if part.kind != "html")
    if len(plain) > _COMPARED:
        return False
    html = " ".join(_all_words(part.text) for part in own if part.kind == "html")
    return bare_words(html) == bare_words(tidy(plain))


def _all_words(html: str) -> str:
    tree = LexborHTMLParser(html[: 2 * _COMPARED])
    tree.strip_tags(["style", "script", "head", "title"])
    return tidy(tree.text(separator=" ") or "")


def is_part(shorter: str, longer: str) -> bool:
    """Whether one text's words stand in the other, in the same order."""
    words: Sequence[str] = re.findall(r"\w+", longer.casefold())
    left = iter(words)
    return all(word in left for word in re.findall(r"\w+", shorter.casefold()))
