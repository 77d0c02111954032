"""Reads tick boxes as mails have them, `[x] Yes [ ] No`, `☑`, `(X)`: options and which are ticked."""

import re
from dataclasses import dataclass

from bot.mail.frame_words import begins_with_answer, frame_words

_BOX = re.compile(
    r"\[\s*(?P<square>[xX✓✔✗✘*]?)\s*\]|\(\s*(?P<round>[xX✓✔•●*])\s*\)|\((?P<empty>\s+|_+)\)|\[_+\]"
    r"|(?P<ticked>[☑☒✅🗹◉🔘]|[✓✔](?=\s))\ufe0f?|(?P<blank>[☐□◻▢⬜◯○❏❑])\ufe0f?"
    r"|(?<![\w_])_+(?P<line>[xX])_+(?![\w_])"
)
# What a form tells people to do with its boxes.
INSTRUCTION = re.compile(
    r"\s*\([^()]*\b(?:tick|check|mark|select|choose|circle|delete|ankreuz|auswähl|coch|chois|marcar|marque|"
    r"selec|eleg|barrar|segn|spunt|scegli|kruis|kies|assinal|escolh)[^()]*\)",
    re.IGNORECASE,
)
_ONLY_INSTRUCTS = re.compile(
    r"[\s(]*(?:please|bitte|kindly)?\s*(?:tick|check|mark|select|choose|circle|ankreuzen|cocher|marcar)\s*"
    r"(?:(?:one|only|a|the|box|as|where|applicable|appropriate)\s*)*[\s).]*",
    re.IGNORECASE,
)
_LONGEST_LINE = 400
_ALONE = re.compile(r"[✅✓✔]\ufe0f?")


@dataclass(frozen=True, slots=True)
class Option:
    """One box: the words beside it, '' where there are none, and whether it is ticked."""

    option: str
    ticked: bool


@dataclass(frozen=True, slots=True)
class Choice:
    """A label, '' if the line has none, and the boxes behind it."""

    label: str
    options: tuple[Option, ...]


def has_boxes(text: str) -> bool:
    """Whether a line holds a tick box; a lone tick emoji within a sentence is only an emoji."""
    if len(text) > _LONGEST_LINE:
        return False
    found = _BOX.search(text)
    if found is None:
        return False
    if _ALONE.fullmatch(found.group()):
        second = _BOX.search(text, found.end())
        return second is not None and not _ALONE.fullmatch(second.group())
    return True


def read_choices(text: str) -> Choice:
    """The options of one line; a box belongs to the words after it, or before it if the line ends in one, or
    in a remark behind a yes and a no with a box each. Where one is ticked, the remark counts as well."""
    boxes = list(_BOX.finditer(text))
    edges = [0, *(edge for box in boxes for edge in box.span()), len(text)]
    parts = [_clean(text[edges[number] : edges[number + 1]]) for number in range(0, len(edges), 2)]
    ticks = [_is_ticked(box) for box in boxes]
    label, first = _split_label(parts[0])
    instructs = _ONLY_INSTRUCTS.fullmatch(parts[-1]) is not None
    remarked = instructs or (bool(parts[-1]) and not begins_with_answer(parts[-1]))
    remarked &= _are_ways([first, *parts[1:-1]])
    if len(boxes) > 1 and parts[0] and (not parts[-1] or remarked):
        options = [first, *parts[1:-1]]
        if any(ticks) and parts[-1] and not instructs:
            options, ticks = [*options, parts[-1]], [*ticks, True]
    elif len(boxes) == 1 and not parts[-1]:
        label, options = (
            (parts[0], [""]) if parts[0].lower() not in frame_words().yes_no else ("", [parts[0]])
        )
    else:
        label, options = parts[0], parts[1:]
    return Choice(label, tuple(Option(option, tick) for option, tick in zip(options, ticks, strict=True)))


def _are_ways(options: list[str]) -> bool:
    """Only words like yes and no."""
    return all(option.lower() in frame_words().yes_no for option in options)


def _clean(text: str) -> str:
    return text.strip(" \t:/|,;-–—•*")


def _is_ticked(box: re.Match[str]) -> bool:
    return bool(box.group("square") or box.group("round") or box.group("ticked") or box.group("line"))


def _split_label(text: str) -> tuple[str, str]:
    """`Notify learners? Yes` before a box: the label and the first option."""
    place = max(text.rfind("?"), text.rfind(":"))
    if place >= 0:
        return text[: place + 1].strip(), text[place + 1 :].strip()
    label, _, last = text.rpartition(" ")
    return (label, last) if last.lower() in frame_words().yes_no else ("", text)
