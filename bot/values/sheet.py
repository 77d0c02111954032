"""What a reader makes of an attachment: learner rows with a check each, or a verdict with the way out."""

from dataclasses import dataclass
from enum import StrEnum


class Verdict(StrEnum):
    """What became of one attachment as a whole. Any verdict but OK goes with no rows."""

    OK = "ok"  # a learner list was found, even if every row of it is invalid
    EMPTY = "empty"  # a sheet, but no learner rows
    NO_HEADER = "no_header"  # no email column can be found
    AMBIGUOUS = "ambiguous"  # two columns could equally be the learner's email
    ENCRYPTED = "encrypted"  # a password is needed to open it
    CORRUPT = "corrupt"  # broken or cut off
    UNSUPPORTED = "unsupported"  # another kind of file
    TOO_LARGE = "too_large"  # over a limit of size, rows, columns, sheets or work


class Check(StrEnum):
    """What reading alone can say of a row."""

    OK = "ok"  # one learner with an address and both names
    DUPLICATE = "duplicate"  # the address of an earlier row
    INVALID = "invalid"  # something is missing or wrong, see Reason


class Reason(StrEnum):
    """Why a row is invalid."""

    MISSING_EMAIL = "missing_email"  # the cell is empty
    BAD_EMAIL = "bad_email"  # it holds something that is not one address
    MISSING_NAME = "missing_name"  # one or both names are empty
    TOO_LONG = "too_long"  # a name of over 100 characters
    NOT_ALLOWED = "not_allowed"  # outside the domains this customer may create


# Not frozen for the reason given in `values.learner`.
@dataclass(kw_only=True, slots=True)
class SheetRow:
    """One learner row. `number` is the row as Excel shows it, from 1, blank rows counted.

    `detail` says in plain words what is wrong ('' when OK); `duplicate_of` is the number of the first row
    with the address and `duplicate_sheet` its sheet; `hint` is advice only, such as a likely typo.
    """

    sheet: str
    number: int
    first_name: str
    last_name: str
    email: str
    check: Check
    reason: Reason | None = None
    detail: str = ""
    duplicate_of: int | None = None
    duplicate_sheet: str = ""
    repairs: tuple[str, ...] = ()
    hint: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class LearnerList:
    """One sheet that holds a learner list: where its header stands and which column is what.

    `header_row` is None where columns were inferred from the data. `columns` pairs a field
    (`first_name`, `last_name`, `full_name`, `email`) with a column letter such as "B".
    """

    sheet: str
    header_row: int | None
    columns: tuple[tuple[str, str], ...]
    rows: int


@dataclass(frozen=True, kw_only=True, slots=True)
class SkippedRow:
    """A row that is no learner row, and what it is instead: `blank` rows are not listed."""

    sheet: str
    number: int
    kind: str  # title, instruction, header, section, total, note, example, number …


@dataclass(frozen=True, kw_only=True, slots=True)
class SheetReading:
    """One attachment, read. `problem` tells the customer the way out ('' when OK).

    `format` is the kind of file by content (`xlsx`, `xls`, `csv` …); `notes` says what was assumed, such as
    the encoding and the delimiter; `rows` holds the rows of every learner list, in order.
    """

    name: str
    verdict: Verdict
    problem: str = ""
    format: str = ""
    rows: tuple[SheetRow, ...] = ()
    lists: tuple[LearnerList, ...] = ()
    skipped: tuple[SkippedRow, ...] = ()
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class SheetLimits:
    """How much of a sheet is read: counts, bytes, seconds and bytes of memory."""

    rows: int = 10_000
    columns: int = 100
    sheets: int = 20
    bytes: int = 20 * 1024 * 1024
    inflated_bytes: int = 250 * 1024 * 1024
    seconds: float = 60.0
    memory_bytes: int = 1024 * 1024 * 1024
