"""Finds answers written into an unmarked quote: `[Dana] yes`, `--> yes`, other colours, capitals."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from bot.mail.frame_words import begins_with_answer, frame_words
from bot.mail.lines import Line

_NAMED = re.compile(
    r"\s*[*_]{0,2}(?:[\[(<{]\s*(?P<inner>[^\])>}]{1,40}?)\s*[\])>}]"
    r"|(?P<name>[\w .'’-]{1,40}?)\s*(?=[*_]{0,2}[:>=–—-]))"
    r"[*_]{0,2}\s*[:>=–—-]{0,3}\s*(?P<answer>\S.*)"
)
_ARROW = re.compile(r"\s*(?:[=\-–—]{1,3}>|→|➔|➡️?|»|\*{2,3}|#{2,3}|@@|>>+)\s*(?P<answer>[^\s*#].*?)[*#]*\s*")
_LETTER = re.compile(
    r"\s*(?:a|answer|ans|reply|response|antwort|réponse|respuesta|risposta|antwoord|resposta)\s?:\s*(?P<answer>\S.*)",
    re.IGNORECASE,
)
_SAME_LINE = re.compile(r"(?P<question>.{3,300}\?)\s*(?:[=\-–—]{1,3}>+|→|>>+|\*{2,3})\s*(?P<answer>\S.*)")

# `My comments are marked JT`: what begins the answers.
_MARKED_BY = re.compile(
    r"\b(?:(?i:mark|initial|prefix|sign|label|begin|start|markier|gekennz|marqué|marcad|gemerkt|segnat)\w*)"
    r"\s+(?:(?i:with|by|as|mit|con|avec|com|met|da)\s+)?[\"“'(\[]?([A-ZÀ-Ý]{2,3})(?!\w)"
)


@dataclass(frozen=True, slots=True)
class MarkedAnswer:
    """An answer found at line `at`, with the line above it that it answers."""

    at: int
    question: str
    answer: str


def find_marked_answers(
    lines: Sequence[Line], names: frozenset[str], *, pointed: bool, said: str = ""
) -> list[MarkedAnswer]:
    """The sender's answers within a quote that carries no quote marks of its own.

    A name in brackets is believed by itself; arrows, `Dana:` and colours only where the sender wrote
    that the answers stand below (`pointed`); letters (`JT:`), capitals and a colour behind a question only
    where the sender `said` that they mark them.
    """
    marks = frozenset(found.lower() for found in _MARKED_BY.findall(said)) if pointed else frozenset()
    named_colour = pointed and frame_words().colours.search(said.lower()) is not None
    in_capitals = pointed and frame_words().capitals.search(said.lower()) is not None
    plain = sum(1 for line in lines if line.text.strip() and not line.tint)
    coloured = sum(1 for line in lines if line.text.strip() and (line.tint or line.tail))
    tints = pointed and 0 < coloured <= plain
    found: list[MarkedAnswer] = []
    question = ""
    for at, line in enumerate(lines):
        text = line.text.strip()
        if not text:
            continue
        if tints and line.tint:
            found.append(MarkedAnswer(at, question, text))
            continue
        asked = text.removesuffix(line.tail).strip() if line.tail else ""
        if tints and named_colour and asked.endswith(("?", ":")):
            found.append(MarkedAnswer(at, asked, line.tail))
            continue
        answer = None if line.depth > 1 else _answer_in(text, names, marks, pointed)
        if answer is None and in_capitals and line.depth < 2:
            answer = _capitals_in(text, question)
        if answer is not None and (question or answer[0]):
            found.append(MarkedAnswer(at, answer[0] or question, answer[1]))
        else:
            question = text
    return found


def _answer_in(
    text: str, names: frozenset[str], marks: frozenset[str], pointed: bool
) -> tuple[str, str] | None:
    """A question of the same line ('' if none) and the answer, if the line is marked as one."""
    if len(text) > 2000:
        return None
    named = _NAMED.fullmatch(text)
    believed = named is not None and (pointed or bool(named.group("inner")))
    if named and believed:
        name = named.group("inner") or named.group("name")
        if name.lower() in marks or _is_sender(name, names):
            return "", named.group("answer")
    if not pointed:
        return None
    same = _SAME_LINE.fullmatch(text)
    if same:
        return same.group("question"), same.group("answer")
    for pattern in (_ARROW, _LETTER):
        marked = pattern.fullmatch(text)
        if marked:
            return "", marked.group("answer")
    if begins_with_answer(text) and len(text.split()) <= 4 and text[-1] not in "?:":
        return "", text
    return None


def _capitals_in(text: str, above: str) -> tuple[str, str] | None:
    """`Shall they get it? NO, THANKS`, or the answer on a line of its own below what it answers."""
    if text.isupper():
        return ("", text) if "?" in above and not above.isupper() else None
    place = text.rfind("?") + 1
    asked, said = text[:place], text[place:].strip()
    offered = re.fullmatch(r"[(\[]?(?:Y|YES)\s?/\s?(?:N|NO)[)\]]?", said)
    return (asked, said) if asked and said.isupper() and not offered else None


def _is_sender(name: str, names: frozenset[str]) -> bool:
    """The sender's first or full name, or initials."""
    tokens = re.findall(r"[^\W\d_]+", name.lower())
    if tokens and all(token in names for token in tokens):
        return True
    letters = name.replace(".", "").replace(" ", "")
    initials = {token[0] for token in names}
    return letters.isupper() and 2 <= len(letters) <= 3 and {letter.lower() for letter in letters} <= initials
