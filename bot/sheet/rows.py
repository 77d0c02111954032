"""Every row of a learner list, in order: a learner with a check, or skipped as what it is."""

from collections.abc import Sequence

from bot.sheet.cells import text_of
from bot.sheet.columns import choose_columns
from bot.sheet.drafts import Draft, Row, shortened
from bot.sheet.emails import PLAIN, holds_address
from bot.sheet.grid import Grid, column_letter
from bot.sheet.headings import read_heading
from bot.sheet.layout import Layout, header_below
from bot.sheet.learner import check_learner, key_of, read_address, read_full_name, read_names
from bot.sheet.parsed import Upload
from bot.sheet.samples import profile_columns
from bot.sheet.skips import Surroundings, example_marker, skip_kind
from bot.sheet.vocabulary import Vocabulary
from bot.values.sheet import LearnerList, SkippedRow

BATCH = 5_000  # rows handed on at a time, so that the bot can work on them while the rest is read
_PLAIN_LENGTH = 100  # of a name or address that is taken without further questions
_SKIPPED_ALLOWED = 3  # times the limit of learners
_NEAR_HEADER = 20  # rows below it in which examples and instructions are looked for in every cell


class TooManyRows(Exception):
    """The lists of the file hold more learner rows than allowed."""


def read_list(grid: Grid, layout: Layout, upload: Upload, words: Vocabulary, limit: int) -> None:
    """Read the rows of one learner list into `upload`; `TooManyRows` beyond `limit` learners in all."""
    reader = _ListReader(grid=grid, layout=layout, upload=upload, words=words, limit=limit)
    count = reader.read()
    header = None if layout.header is None else layout.header + grid.first_row
    upload.lists.append(
        LearnerList(sheet=grid.sheet, header_row=header, columns=_named_columns(grid, layout), rows=count)
    )


def _named_columns(grid: Grid, layout: Layout) -> tuple[tuple[str, str], ...]:
    columns = layout.columns
    pairs = (
        ("first_name", columns.first),
        ("last_name", columns.last),
        ("full_name", columns.full),
        ("email", columns.email),
    )
    return tuple(
        (name, column_letter(grid.first_column + index)) for name, index in pairs if index is not None
    )


class _ListReader:
    """The walk down one list; its state is where it stands among headers, gaps and sign-offs."""

    def __init__(self, *, grid: Grid, layout: Layout, upload: Upload, words: Vocabulary, limit: int) -> None:
        self.grid, self.layout, self.upload, self.words, self.limit = grid, layout, upload, words, limit
        self.marker = example_marker(words)
        self.drafts: list[Row] = []
        self.where = Surroundings()
        self.last_address = 0

    def read(self) -> int:
        """Every row from the layout's beginning, those above it noted as skipped; the count of learners."""
        before = self.upload.count
        self._note_top()
        self.last_address = self._last_address()
        index, end = self.layout.begin, len(self.grid.rows)
        while index < end:
            if not self.grid.rows[index]:
                self.where.gap += 1
                index += 1
                continue
            index = self._ordinary_rows(index)
            if index < end:
                self.where.after_last = index > self.last_address
                self._one_row(index)
                index += 1
            if len(self.drafts) >= BATCH:
                self._hand_on()
        self._hand_on()
        return self.upload.count - before

    def _ordinary_rows(self, index: int) -> int:
        """Take rows without further questions as long as they are ordinary: one word each, a plain address.

        Nearly all rows of a large list are; this loop is what its reading costs. The index of the first
        row that is not comes back.
        """
        first_column, last_column = self.layout.columns.first, self.layout.columns.last
        if first_column is None or last_column is None or self.where.since_header < _NEAR_HEADER:
            return index
        begun, email_column, offset = index, self.layout.columns.email, self.grid.first_row
        rows, sheet, seen, append = self.grid.rows, self.grid.sheet, self.upload.seen, self.drafts.append
        plain, short = PLAIN.fullmatch, _PLAIN_LENGTH
        end = min(len(rows), index + BATCH, index + self.limit - self.upload.count)
        while index < end:
            row = rows[index]
            try:
                first, last, email = row[first_column], row[last_column], row[email_column]
                ordinary = first.isalnum() and last.isalnum() and plain(email)
            except (AttributeError, TypeError, IndexError):
                break
            if not ordinary or len(first) > short or len(last) > short or len(email) > short:
                break
            if email in seen or email.find("@") > 64 or "xn--" in email:
                break
            seen[email] = (sheet, index + offset)
            append((index + offset, first, last, email))
            index += 1
        taken = index - begun
        self.upload.count += taken
        self.where.since_header += taken
        if taken:
            self.where.gap = 0
        return index

    def _one_row(self, index: int) -> None:
        row = self.grid.rows[index]
        if not any(row):
            self.where.gap += 1
            return
        self.where.since_header += 1
        self._long_way(row, index)
        self.where.gap = 0

    def _hand_on(self) -> None:
        if self.drafts:
            self.upload.hand_on(self.grid.sheet, self.drafts)
            self.drafts = []

    def _long_way(self, row: Sequence[object], index: int) -> None:
        columns = self.layout.columns
        width = len(self.layout.headings) or max(
            0,
            *(
                column + 1
                for column in (columns.email, columns.first, columns.last, columns.full)
                if column is not None
            ),
        )
        cells = list(row) + [""] * (width - len(row))
        texts = [text_of(value) for value in cells]
        number = index + self.grid.first_row
        email = read_address(
            cells[columns.email], (number, columns.email + self.grid.first_column), self.grid.beyond
        )
        seen = [*texts]
        seen[columns.email] = email[0].address or email[1]
        if (
            kind := skip_kind(seen, columns, self.layout.headings, self.where, self.words, self.marker)
        ) is not None:
            self._skip(number, kind)
            if kind == "header":
                self._follow_header(texts, index)
            return
        if columns.full is not None:
            names = read_full_name(cells[columns.full], self.words, last_first=columns.last_first)
        else:
            names = read_names(
                cells[columns.first] if columns.first is not None else "",
                cells[columns.last] if columns.last is not None else "",
            )
        self._take(check_learner(number, names, *email))

    def _take(self, draft: Draft) -> None:
        upload = self.upload
        upload.count += 1
        if upload.count > self.limit:
            raise TooManyRows
        if draft.check == "ok":
            place = (self.grid.sheet, draft.number)
            first = upload.seen.setdefault(key_of(draft.email), place)
            if first is not place:
                draft = _duplicate(draft, first, self.grid.sheet)
        self.drafts.append(shortened(draft))

    def _skip(self, number: int, kind: str) -> None:
        if kind != "blank":
            if len(self.upload.skipped) > _SKIPPED_ALLOWED * self.limit:
                raise TooManyRows
            self.upload.skipped.append(SkippedRow(sheet=self.grid.sheet, number=number, kind=kind))

    def _note_top(self) -> None:
        header = self.layout.header
        for index in range(min(self.layout.begin, len(self.grid.rows))):
            texts = [text for value in self.grid.rows[index] if (text := text_of(value))]
            if texts:
                kind = "header" if index == header else "title" if len(texts) == 1 else "note"
                self._skip(index + self.grid.first_row, kind)

    def _follow_header(self, texts: list[str], index: int) -> None:
        """A header repeated with its columns in another order begins a list of its own layout."""
        headings = [read_heading(text) for text in texts]
        if self.layout.header is None or not header_below(headings):
            return
        sample = []
        for row in self.grid.rows[index + 1 : index + 200]:
            below = [text_of(value) for value in row]
            if any(below):
                sample.append(below)
        chosen = choose_columns(headings, profile_columns(sample, len(headings)))
        if chosen is not None and not chosen.rivals:
            self.layout = Layout(header=index, begin=index + 1, columns=chosen, headings=tuple(headings))
            self.last_address = self._last_address()
        self.where.since_header = 0

    def _last_address(self) -> int:
        """The last row of the grid with an address in the email column; rows after it end the list."""
        email = self.layout.columns.email
        for index in range(len(self.grid.rows) - 1, self.layout.begin - 1, -1):
            row = self.grid.rows[index]
            if len(row) > email and isinstance(row[email], str) and holds_address(text_of(row[email])):
                return index
        return len(self.grid.rows)


def _duplicate(draft: Draft, first: tuple[str, int], sheet: str) -> Draft:
    where = f"row {first[1]}" if first[0] == sheet else f"row {first[1]} of sheet “{first[0]}”"
    return draft._replace(
        check="duplicate",
        detail=f"the same address as in {where}",
        duplicate_of=first[1],
        duplicate_sheet=first[0],
    )
