"""The rows worth showing in a mail: the first of a kind, grouped by the list they stand in."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from bot.values.learner import ImportRow


@dataclass(frozen=True, kw_only=True, slots=True)
class Line:
    """One row of a sheet worth showing: `who` is its address or, without one, its name."""

    number: int
    who: str
    detail: str = ""
    hint: str = ""


Place = Callable[[str, str], tuple[str, str]]  # file and sheet of a row -> as much of them as needs saying
Liner = Callable[[ImportRow], Line]


@dataclass(frozen=True, kw_only=True, slots=True)
class Group:
    """Rows of one list; `file` and `sheet` are '' where the reader needs no telling."""

    file: str
    sheet: str
    lines: tuple[Line, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Section:
    """The first rows of a kind, grouped by list; `more` counts those left to the workbook."""

    groups: tuple[Group, ...] = ()
    shown: int = 0
    more: int = 0

    @property
    def total(self) -> int:
        """All rows of this kind, shown or not."""
        return self.shown + self.more


def section(rows: tuple[ImportRow, ...], limit: int, place: Place, line: Liner) -> Section:
    """The first `limit` rows, in order, grouped by the list they stand in."""
    groups: list[Group] = []
    lines: list[Line] = []
    for index, row in enumerate(rows[:limit]):
        lines.append(line(row))
        last = index + 1 == min(limit, len(rows))
        if last or (rows[index + 1].file, rows[index + 1].sheet) != (row.file, row.sheet):
            file, sheet = place(row.file, row.sheet)
            groups.append(Group(file=file, sheet=sheet, lines=tuple(lines)))
            lines = []
    shown = min(limit, len(rows))
    return Section(groups=tuple(groups), shown=shown, more=len(rows) - shown)


def place_of(rows: Iterable[ImportRow]) -> Place:
    """How to name a list: its file only if there are several, its sheet only if its file has several."""
    sheets: dict[str, set[str]] = {}
    for row in rows:
        sheets.setdefault(row.file, set()).add(row.sheet)

    def place(file: str, sheet: str) -> tuple[str, str]:
        several_sheets = len(sheets.get(file, ())) > 1
        return (file if len(sheets) > 1 else "", sheet if several_sheets else "")

    return place


def who(row: ImportRow) -> str:
    """The address as read or, where there is none, the name."""
    return row.email or " ".join(part for part in (row.first_name, row.last_name) if part)
