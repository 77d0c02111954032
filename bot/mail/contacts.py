"""Knows the lines of a signature when it sees them: farewells, names, titles, telephones."""

import re
from dataclasses import dataclass

from bot.mail.frame_words import frame_words

_PHONE = re.compile(r"(?<![\w@])\+?\(?\d[\d\s().\-/]{6,20}\d(?!\w)")
_WEB = re.compile(
    r"https?://|www\.|\b[\w-]+\.(?:com|org|net|co\.uk|de|fr|es|it|nl|pt|eu|io|example)\b", re.IGNORECASE
)
_WEB_WORD = re.compile(r"\S*(?:https?://|www\.|@)\S*|\S+\.\w{2,3}(?=\s|$)")
_FOR_HELP = re.compile(r"(?:in advance )?for (?:your|all your|all the|the) [a-z ]{3,24}[,.! ]*")
_DIGITS = re.compile(r"(?:\d[\s().\-/]{0,3}){5}")
_ADDRESS = re.compile(r"\S+@\S+\.\S+")
PLACEHOLDER = re.compile(
    r"\s*[\[<](?:cid:|image|logo|inline image|https?://)[^\]>]*[\]>]\s*|\s*<?image\d*\.\w{3}>?\s*",
    re.IGNORECASE,
)
_CONNECTOR = re.compile(r"(?:and|und|et|y|e|en|&|/|\+|,|-|–|—|!|\.|;)*\s*")
_PARTICLES = frozenset(
    "van von de der den da di do dos la le du del zu bin al and & y e et und / | -".split()  # noqa: SIM905
)
# `Best wishes from Leeds`, `Viele Grüße aus dem sonnigen Görlitz`.
_FROM_WHERE = re.compile(
    r"[\s,]*(?:aus|vom|from|de|depuis|desde|da|uit|vanuit)\s(?:[\w’']{1,20}\s){0,3}[A-ZÀ-Ý]\w{1,30}[\s!.]*"
)
_SMILE = re.compile(r"[\s,.!;:~*_\-–—()|/^<>\u2600-\u27bf\U0001f300-\U0001faff\ufe0f]*")


@dataclass(frozen=True, slots=True)
class Names:
    """What the sender is called, as lower-cased words, to know a signature without a sign-off."""

    tokens: frozenset[str] = frozenset()
    address: str = ""


def is_sign_off(text: str) -> bool:
    """`Kind regards`, `Thanks again, Dana`, `Viele Grüße und danke`: nothing but a farewell and a name."""
    words = frame_words()
    rest = text.strip(" *_>\t-–—~")
    if len(rest) > 90:
        return False
    farewells = 0
    while True:
        found = words.sign_off.match(rest.lower())
        if found is None:
            break
        farewells += 1
        rest = _SMILE.sub("", rest[found.end() :], count=1)
        rest = (
            _CONNECTOR.sub("", rest, count=1)
            if words.sign_off.match(_CONNECTOR.sub("", rest, count=1).lower())
            else rest
        )
    if not farewells:
        return False
    if _FROM_WHERE.fullmatch(rest):
        return True
    return not rest.strip() or bool(_FOR_HELP.fullmatch(rest.lower())) or _is_name_like(rest, 4)


def names_somebody(text: str) -> bool:
    """Whether a sign-off carries the name in its own line."""
    rest = frame_words().sign_off.sub("", text.lower(), count=1)
    return bool(re.search(r"\w{2,}", rest))


def is_name(text: str, names: Names) -> bool:
    """A line that is just a name: a few capitalised words, none of which answers anything."""
    tokens = re.findall(r"[\w'’.-]+", text.lower())
    if tokens and len(tokens) <= 4 and any(token.strip(".-") in names.tokens for token in tokens):
        return not set(tokens) & frame_words().words
    return _is_name_like(text, 5)


def is_own_name(text: str, names: Names) -> bool:
    """A line that is the sender's own name and nothing else."""
    tokens = re.findall(r"[\w'’]+", text.lower()) if len(text) < 80 else []
    return 0 < len(tokens) <= 4 and set(tokens) <= names.tokens and not set(tokens) & frame_words().words


def _is_name_like(text: str, most: int) -> bool:
    bare = text.strip(" ,.!*_-–—~/|()<>\t")
    tokens = bare.split()
    if not tokens or len(tokens) > most or len(bare) > 60 or text.rstrip().endswith("?"):
        return False
    stop = frame_words().words
    for token in tokens:
        plain = token.strip(".,*_()\"'’")
        if plain.lower() in stop or any(character.isdigit() for character in plain):
            return False
        if plain and not plain[0].isupper() and plain.lower() not in _PARTICLES and plain[0].isalpha():
            return False
    return any(character.isalpha() for character in bare)


def is_strong_contact(text: str) -> bool:
    """A telephone or web address with hardly a word beside it: only signatures have that."""
    lowered = text.lower().strip(" *_|\t")
    if len(text) > 200:
        return False
    label = frame_words().contact.match(lowered)
    if label and (_DIGITS.search(lowered, label.end()) or _ADDRESS.search(lowered) or _WEB.search(lowered)):
        return len(lowered.split()) <= 16
    reached = _PHONE.search(text) or _WEB.search(text)
    rest = re.findall(r"[^\W\d_]+", _WEB_WORD.sub(" ", lowered))
    return bool(reached) and len(rest) <= 6 and not set(rest) & frame_words().words


def is_contact(text: str, names: Names) -> bool:
    """A line of a signature block: phone, site, address, title, company, or a picture's placeholder."""
    lowered = text.lower().strip(" *_|\t")
    if not lowered or len(text) > 200 or len(lowered.split()) > 16 or lowered.endswith("?"):
        return False
    if is_strong_contact(text) or PLACEHOLDER.match(text):
        return True
    if _ADDRESS.fullmatch(lowered):
        return not names.address or lowered.strip("<>") == names.address
    tokens = re.findall(r"[^\W\d_][\w'’]*", text)
    if {token.lower() for token in tokens} & frame_words().words or len(tokens) > 12:
        return False
    return bool(frame_words().title.search(lowered)) and _is_mostly_capital(tokens)


def _is_mostly_capital(tokens: list[str]) -> bool:
    """Titles and companies are written large, sentences small."""
    long = [token for token in tokens if len(token) > 3]
    return 2 * sum(token[0].isupper() for token in long) >= len(long)
