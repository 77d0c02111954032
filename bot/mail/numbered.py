"""Connects numbered answers with the numbered questions of the mail answered: `2. No, they shouldn't be`."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from bot.mail.frame_words import frame_words
from bot.mail.wrapping import ITEM_NAMES
from bot.values.request import Segment, SegmentKind

_MOST_LINES = 80
_ITEM = re.compile(
    r"\W{0,3}(?P<key>\d{1,2}|[a-h])(?:\s?[.):\]]\)?|\s[-–—](?=\s+\D))\s+(?P<words>\S.*)", re.IGNORECASE
)
_NAMED = re.compile(
    rf"\W{{0,3}}(?:{ITEM_NAMES})?\s?[#.(]?\s?(?P<key>\d{{1,2}}|[a-h])\s?[.):\]=–—-]{{1,3}}\s*(?P<words>\S.*)",
    re.IGNORECASE,
)
_RUN_ON = re.compile(r"(?:(?<=\s)|^)(?=\(?\d{1,2}[.)]\s)")
# `1: fine. 2: no`: only where a line begins so.
_RUN_ON_COLONS = re.compile(r"(?:(?<=\s)|^)(?=\d{1,2}:\s)")
_LONGEST_ANSWER = 12
_GREETS = 3
_LONGEST_LINE = 400


@dataclass(frozen=True, slots=True)
class _Item:
    """A numbered line."""

    key: str
    words: str


def connect_numbered(segments: Sequence[Segment], quoted: str) -> list[Segment]:
    """The segments, with each numbered answer beside its question.

    Answers without numbers are taken in order where there are exactly as many short lines as questions.
    """
    questions = _questions_in(quoted)
    if not questions:
        return list(segments)
    out: list[Segment] = []
    for segment in segments:
        if segment.kind is SegmentKind.TEXT:
            out += _connect(segment, questions)
        elif segment.kind is SegmentKind.FORM and (key := _key_of(segment.question)) in questions:
            out.append(replace(segment, kind=SegmentKind.INLINE, question=questions[key]))
        else:
            out.append(segment)
    return out


def _questions_in(quoted: str) -> dict[str, str]:
    """The numbered questions of the newest quoted mail, by number; {} unless they count up from the first."""
    items = []
    for line in quoted.split("\n")[:_MOST_LINES]:
        for part in [] if line.startswith(">") else _RUN_ON.split(line.strip()):
            if found := _ITEM.fullmatch(part.strip()):
                items.append(_Item(found["key"].lower(), found["words"].strip()))
    keys = [item.key for item in items]
    counted = keys in ([str(at + 1) for at in range(len(keys))], list("abcdefgh")[: len(keys)])
    if len(items) < 2 or not counted or not any("?" in item.words or "？" in item.words for item in items):
        return {}
    return {item.key: item.words for item in items}


def _connect(segment: Segment, questions: dict[str, str]) -> list[Segment]:
    """One run of text: its answers as inline answers, what stands between them as text."""
    lines = [
        part.strip()
        for line in segment.text.split("\n")
        for part in (_RUN_ON_COLONS if line.startswith("1: ") else _RUN_ON).split(line)
    ]
    lines = [line for line in lines if line]
    found = [_NAMED.fullmatch(line) for line in lines]
    known = [item if item and item["key"].lower() in questions else None for item in found]
    if not any(known):
        return _by_order(segment, lines, questions) or _in_order(segment, lines, questions)
    out: list[Segment] = []
    for line, item in zip(lines, known, strict=True):
        if item is not None:
            question = questions[item["key"].lower()]
            out.append(Segment(kind=SegmentKind.INLINE, text=item["words"].strip(), question=question))
        elif out and out[-1].kind is SegmentKind.TEXT:
            out[-1] = replace(out[-1], text=f"{out[-1].text}\n{line}")
        else:
            out.append(replace(segment, text=line))
    return out


def _by_order(segment: Segment, lines: list[str], questions: dict[str, str]) -> list[Segment]:
    """The answers that name their questions by order, behind what else the lines say; [] where none does."""
    ordered = [_ordered(line, questions) for line in lines]
    if not any(ordered):
        return []
    said = [line for line, answers in zip(lines, ordered, strict=True) if not answers]
    text = [replace(segment, text="\n".join(said))] if said else []
    return [*text, *(answer for answers in ordered for answer in answers)]


def _ordered(line: str, questions: dict[str, str]) -> list[Segment]:
    """`Yes to the first, no to the second.`: each answer beside the question that it names.

    Nothing where the line says more, asks, or answers one of them twice.
    """
    if len(line) > _LONGEST_LINE or "?" in line:
        return []
    words = frame_words()
    named = [
        (found.group(0), words.ordinals[found.group(0).split()[-1]])
        for found in words.yes_to_one.finditer(line.lower())
    ]
    rest = {*re.findall(r"\w+", words.yes_to_one.sub(" ", line.lower()))}
    keys = [key for _, key in named]
    if rest - words.beside_ordinals or len(keys) != len(set(keys)) or not set(keys) <= questions.keys():
        return []
    return [
        Segment(kind=SegmentKind.INLINE, text=said.split()[0].strip(","), question=questions[key])
        for said, key in named
    ]


def _in_order(segment: Segment, lines: list[str], questions: dict[str, str]) -> list[Segment]:
    """As many short lines as questions, beside a greeting."""
    greeting = frame_words().greeting
    answers = [
        line
        for line in lines
        if not (greeting.match(line.lower()) and (line.endswith((",", "!")) or _only_greets(line)))
    ]
    short = all(len(line.split()) <= _LONGEST_ANSWER for line in answers)
    if len(answers) != len(questions) or not short:
        return [segment]
    return [
        Segment(kind=SegmentKind.INLINE, text=text, question=question)
        for text, question in zip(answers, questions.values(), strict=True)
    ]


def _only_greets(line: str) -> bool:
    """`Hi Beth`, whatever it ends with; `Hi, no` answers."""
    words = re.findall(r"\w+", line.lower())
    return len(words) <= _GREETS and not frame_words().yes_no.intersection(words)


def _key_of(label: str) -> str:
    """The number that makes up a form label: `2`, `Q2`, `Question 2`; '' if it is another label."""
    found = re.fullmatch(r"\W*(?:[a-zéÀ-ÿ]{1,9}\.?)?\s?#?(\d{1,2})\W*", label.strip().lower())
    return found.group(1) if found else ""
