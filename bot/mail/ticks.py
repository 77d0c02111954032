"""Reads tick boxes as mails have them, `[x] Yes [ ] No`, `☑`, `(X)`: options and which are ticked."""

import re
from dataclasses import dataclass

from bot.mail.frame_words import frame_words

# Signs that tick, in a box or behind words.
TICKS = "✓✔√"
_BOX = re.compile(
    rf"\[\s*(?P<square>[xXvV{TICKS}✗✘*]?)\s*\]|\(\s*(?P<round>[xX{TICKS}•●*])\s*\)|\((?P<empty>\s+|_+)\)|\[_+\]"
    rf"|(?P<ticked>[☑☒✅🗹◉🔘]|[{TICKS}](?=\s))\ufe0f?|(?P<blank>[☐□◻▢⬜◯○❏❑])\ufe0f?"
    r"|(?<![\w_])_+(?P<line>[xX])_+(?![\w_])"
)
# What a form tells people to do with its boxes.
INSTRUCTION = re.compile(
    r"\s*\([^()]*\b(?:tick|check|mark|select|choose|circle|delete|ankreuz|auswähl|coch|chois|marcar|marque|"
    r"selec|eleg|barrar|segn|spunt|scegli|kruis|kies|assinal|escolh)[^()]*\)",
    re.IGNORECASE,
)
# What tells people to do something with a box, and what may stand beside it.
_TELLING = re.compile(
    r"tick|check|mark|select|choose|circle|delete|ankreuzen|auswählen|streichen|coche[rz]|chois\w+|marcar|marque|"
    r"eleg\w+|elij\w+|segn\w+|sceg\w+|aankruisen|kruis|kiezen|kies|assinal\w+"
)
_TOLD = re.compile(
    r"please|bitte|kindly|one|only|an?|the|box|as|where|applicable|appropriate|with|x|all|that|apply|"
    r"zutreffendes|das|la|une|una|el|de|het|casella|case|casilla|vakje|aan|option|optie|opción"
)
_ORS = frozenset({"or", "oder", "ou", "of", "o", "/"})
_LONGEST_LINE = 400
_ALONE = re.compile(rf"[✅{TICKS}]\ufe0f?")


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
    # `yes or no [x] Yes [ ] No please`: what is offered before the boxes is repeated behind them.
    offered = bool(_ORS.intersection(label.lower().split()[-1:]))
    remarked = not offered and bool(parts[-1]) and not _are_ways(parts[-1:])
    remarked &= _are_ways([first, *parts[1:-1]])
    if len(boxes) > 1 and parts[0] and (not parts[-1] or remarked):
        options = [first, *parts[1:-1]]
        if any(ticks) and parts[-1] and not only_instructs(parts[-1]):
            options, ticks = [*options, parts[-1]], [*ticks, True]
    elif len(boxes) == 1 and not parts[-1]:
        label, options = (
            (parts[0], [""]) if parts[0].lower() not in frame_words().yes_no else ("", [parts[0]])
        )
    else:
        label, options = parts[0], parts[1:]
    return Choice(label, tuple(Option(option, tick) for option, tick in zip(options, ticks, strict=True)))


def only_instructs(remark: str) -> bool:
    """`(please tick one)`, but not `(select managers only)`."""
    words = re.findall(r"\w+", remark.lower())
    telling = [word for word in words if _TELLING.fullmatch(word)]
    return bool(telling) and all(word in telling or _TOLD.fullmatch(word) for word in words)


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
