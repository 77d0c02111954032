"""The page that the HTML reader writes its lines on, and what holds for the words at one place of it."""

import re
from dataclasses import dataclass, replace

from bot.mail.lines import Line, drop_struck, line_of, part_flattened, tidy

# Unicode keeps this code point free for a program's own use: no mail shows it.
_CROSSED_OUT = "\ufdd0"
# Bounded, as a run of blanks that no slash follows would be walked through from each of them.
_BESIDE = re.compile(rf"\s{{0,9}}/\s{{0,9}}{_CROSSED_OUT}|{_CROSSED_OUT}\s{{0,9}}/\s{{0,9}}")


@dataclass(frozen=True, slots=True)
class Place:
    """What holds for the words at one point of the tree, handed down from element to element."""

    depth: int = 0
    container: "Container | None" = None
    indented: bool = False
    keeps_spaces: bool = False
    white: bool = False
    backed: bool = False
    tint: str = ""
    symbols: bool = False


@dataclass(slots=True)
class Container:
    """A quote's wrapper: before its first quote stands the attribution, after it the sender's own words."""

    quote_seen: bool = False


class Page:
    """The lines written so far and the one being written."""

    def __init__(self) -> None:
        self.lines: list[Line] = []
        self._words: list[str] = []
        # The run of words at the line's end that are of one colour, and the colours before it.
        self._run: list[str] = []
        self._run_tint = ""
        self._tints: set[str] = set()
        self._place = Place()
        self._depth = 0

    def write(self, text: str, place: Place) -> None:
        """Add words to the current line."""
        depth = place.depth + (place.container is not None and not place.container.quote_seen)
        if self._words and (depth != self._depth or place.indented != self._place.indented):
            self.end_line()
        if text.strip() and place.tint != self._run_tint:
            self._run, self._run_tint = [], place.tint
        self._words.append(text)
        self._run.append(text)
        if text.strip():
            self._tints.add(place.tint)
        self._place, self._depth = place, depth

    def strike(self) -> None:
        """Note that words stood here that are crossed out: the slash beside them goes with them."""
        self._words.append(_CROSSED_OUT)

    def end_line(self) -> None:
        """Close the current line, if it holds anything."""
        text = _BESIDE.sub(" ", "".join(self._words)).replace(_CROSSED_OUT, "")
        if not self._place.keeps_spaces:
            text = re.sub(r"\s+", " ", text)
        if text.strip():
            tint = next(iter(self._tints)) if len(self._tints) == 1 else ""
            for part in drop_struck(tidy(text)).split("\n"):
                self.lines += [self._line(flat.strip(), tint) for flat in part_flattened(part)]
            if self._run_tint and len(self._tints) == 2 and "" in self._tints:
                tail = " ".join("".join(self._run).split())
                last = self.lines[-1]
                if last.text != tail and last.text.endswith(tail):
                    self.lines[-1] = replace(last, tail=tail)
        self._words, self._tints = [], set()
        self._run, self._run_tint = [], ""

    def _line(self, text: str, tint: str) -> Line:
        """A line; quote marks are counted here too, as text pasted from a plain mail keeps them."""
        marked = line_of(text)
        depth = self._depth + marked.depth
        return Line(marked.text, depth, tint=tint, indented=self._place.indented)

    def blank(self) -> None:
        """Close the line and leave one blank line, never two."""
        self.end_line()
        if self.lines and self.lines[-1].text:
            self.lines.append(Line("", self.lines[-1].depth, indented=self.lines[-1].indented))

    def divide(self) -> None:
        """Mark that the mail answered begins here."""
        self.end_line()
        self.lines.append(Line("", divider=True))
