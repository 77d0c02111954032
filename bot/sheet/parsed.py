"""A reading before its rows are `SheetRow`s: what the steps of the child gather, and what is sent back."""

from collections.abc import Callable
from dataclasses import dataclass, field

from bot.sheet.drafts import Row
from bot.values.sheet import LearnerList, SkippedRow, Verdict


@dataclass(kw_only=True, slots=True)
class Upload:
    """What the sheets of one file gave so far; `seen` is where each identity key stood first.

    Rows go to `sink` as they are read, or are kept in `rows` where there is none.
    """

    rows: list[tuple[str, list[Row]]] = field(default_factory=list)
    sink: Callable[[str, list[Row]], None] | None = None
    lists: list[LearnerList] = field(default_factory=list)
    skipped: list[SkippedRow] = field(default_factory=list)
    seen: dict[str, tuple[str, int]] = field(default_factory=dict)
    count: int = 0

    def hand_on(self, sheet: str, rows: list[Row]) -> None:
        """Take the next rows of a sheet."""
        if self.sink is None:
            self.rows.append((sheet, rows))
        else:
            self.sink(sheet, rows)


@dataclass(kw_only=True, slots=True)
class Parsed:
    """One file: its verdict, its rows, what was assumed, and advice by the domain of an address."""

    verdict: Verdict = Verdict.OK
    problem: str = ""
    format: str = ""
    upload: Upload = field(default_factory=Upload)
    notes: list[str] = field(default_factory=list)
    advice: dict[str, str] = field(default_factory=dict)
