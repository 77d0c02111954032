"""A reading before its rows are `SheetRow`s: what the steps of the child gather, and what is sent back."""

from dataclasses import dataclass, field

from bot.sheet.drafts import Draft
from bot.values.sheet import LearnerList, SkippedRow, Verdict


@dataclass(kw_only=True, slots=True)
class Upload:
    """What the sheets of one file gave so far; `seen` is where each identity key stood first."""

    rows: list[tuple[str, list[Draft]]] = field(default_factory=list)
    lists: list[LearnerList] = field(default_factory=list)
    skipped: list[SkippedRow] = field(default_factory=list)
    seen: dict[str, tuple[str, int]] = field(default_factory=dict)
    count: int = 0


@dataclass(kw_only=True, slots=True)
class Parsed:
    """One file: its verdict, its rows, and what was assumed."""

    verdict: Verdict = Verdict.OK
    problem: str = ""
    format: str = ""
    upload: Upload = field(default_factory=Upload)
    notes: list[str] = field(default_factory=list)
