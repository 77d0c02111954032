"""An attachment's bytes in, a reading out: what the limited child runs, step by step."""

import re
from collections.abc import Callable, Iterator, Sequence
from enum import StrEnum

from bot.sheet import zips
from bot.sheet.beyond import beyond_values
from bot.sheet.calamine import open_with_calamine
from bot.sheet.cells import TRIMMED
from bot.sheet.delimited import read_delimited
from bot.sheet.drafts import Row, finished, with_hints
from bot.sheet.encodings import decode
from bot.sheet.faults import FileRefused
from bot.sheet.grid import Grid
from bot.sheet.kinds import Kind, kind_of_binary, kind_of_text
from bot.sheet.lists import read_lists
from bot.sheet.markup import archived_page, html_text, read_html
from bot.sheet.parsed import Parsed, Upload
from bot.sheet.problems import PROBLEMS, too_large, unsupported
from bot.sheet.spreadsheetml import read_spreadsheetml
from bot.sheet.sylk import read_sylk
from bot.values.sheet import SheetLimits, SheetReading, Verdict

_WORKBOOK_NAME = re.compile(r"\.(?:xls[xmb]?|xlt[xm]?|ods|ots|numbers)$", re.IGNORECASE)


class Engine(StrEnum):
    """Who opens an xlsx."""

    CALAMINE = "calamine"  # fast; may abort the process
    OPENPYXL = "openpyxl"  # slow; opens what the other can't


def read_sheet(content: bytes, name: str, limits: SheetLimits) -> SheetReading:
    """Read one attachment in this very process: any bytes end in a reading, unless they kill the process."""
    return reading_of(name, parse_sheet(content, name, limits))


def reading_of(name: str, parsed: Parsed) -> SheetReading:
    """The value that travels on."""
    return SheetReading(
        name=name,
        verdict=parsed.verdict,
        problem=parsed.problem,
        format=parsed.format,
        rows=with_hints(
            [row for sheet, rows in parsed.upload.rows for row in finished(sheet, rows)], parsed.advice
        ),
        lists=tuple(parsed.upload.lists),
        skipped=tuple(parsed.upload.skipped),
        notes=tuple(parsed.notes),
    )


def parse_sheet(
    content: bytes,
    name: str,
    limits: SheetLimits,
    engines: Sequence[Engine] = tuple(Engine),
    sink: Callable[[str, list[Row]], None] | None = None,
) -> Parsed:
    """Open the file by its content and read its lists; a later engine serves where one fails.

    With a `sink` rows leave as they are read. They count for nothing before the verdict is OK, and where
    a second engine begins anew, `sink("", [])` takes back what the first one gave.
    """
    parsed = Parsed(upload=Upload(sink=sink))
    try:
        if len(content) > limits.bytes:
            raise FileRefused(Verdict.TOO_LARGE, "bytes")
        if not content.strip(b"\0\t\r\n \x1a\xef\xbb\xbf\xff\xfe"):
            raise FileRefused(Verdict.EMPTY)
        _read_by_kind(content, name, limits, engines, parsed)
    except FileRefused as refusal:
        _refuse(parsed, refusal, limits)
    except MemoryError:
        _refuse(parsed, FileRefused(Verdict.TOO_LARGE, "work"), limits)
    except BaseException as error:
        # Parsers meet hostile bytes here, and a panic in Rust is no Exception.
        if isinstance(error, KeyboardInterrupt | SystemExit):
            raise
        parsed.notes.append(f"stopped by {type(error).__name__}: {error}"[:200])
        _refuse(parsed, FileRefused(Verdict.CORRUPT), limits)
    return parsed


def _refuse(parsed: Parsed, refusal: FileRefused, limits: SheetLimits) -> None:
    """Any verdict but OK goes with no rows."""
    parsed.upload = Upload(skipped=parsed.upload.skipped)
    parsed.verdict = refusal.verdict
    if refusal.verdict is Verdict.UNSUPPORTED:
        parsed.format = parsed.format or refusal.kind
        parsed.problem = unsupported(refusal.kind)
    elif refusal.verdict is Verdict.TOO_LARGE:
        parsed.problem = too_large(limits, refusal.kind)
    else:
        parsed.problem = PROBLEMS[refusal.verdict]


def _read_by_kind(
    content: bytes, name: str, limits: SheetLimits, engines: Sequence[Engine], parsed: Parsed
) -> None:
    binary = kind_of_binary(content, limits)
    if binary is None:
        _read_text_file(content, name, limits, parsed)
        return
    kind, container = binary
    parsed.format = kind.value
    marks = zips.measure(container, limits) if container is not None else frozenset()
    if kind is Kind.XLSX and container is not None and "xl/vbaproject.bin" in container.names:
        parsed.notes.append("macros in the workbook were ignored")
    for engine in engines:
        if engine is Engine.CALAMINE and marks & zips.WIDE_MARKS:
            continue
        try:
            if engine is Engine.CALAMINE:
                # An xlsx without any mark of them is spared the second pass.
                beyond = beyond_values(content, kind if marks or kind is not Kind.XLSX else Kind.TEXT)
                read_lists(open_with_calamine(content, beyond), limits, parsed)
                return
            if kind is Kind.XLSX:
                if parsed.upload.sink is not None:
                    parsed.upload.sink("", [])
                parsed.upload = Upload(sink=parsed.upload.sink)
                read_lists(_opened_the_slow_way(content, limits), limits, parsed)
                return
        except FileRefused as refusal:
            if refusal.verdict is not Verdict.CORRUPT or kind is not Kind.XLSX or engine is engines[-1]:
                raise
    raise FileRefused(Verdict.TOO_LARGE, "work")


def _opened_the_slow_way(content: bytes, limits: SheetLimits) -> Iterator[Grid]:
    # Loading openpyxl takes a third of the fork server's start, and the first file hardly ever needs it.
    from bot.sheet.openxml import open_with_openpyxl

    return open_with_openpyxl(content, limits)


def _read_text_file(content: bytes, name: str, limits: SheetLimits, parsed: Parsed) -> None:
    decoded = decode(content)
    if decoded is None:
        # Bytes of no kind at all: broken, where the name says it was a workbook once.
        raise FileRefused(
            *((Verdict.CORRUPT,) if _WORKBOOK_NAME.search(name) else (Verdict.UNSUPPORTED, "other"))
        )
    kind = kind_of_text(decoded.text)
    parsed.format = kind.value
    read_lists(
        _text_grids(kind, content, decoded.text, name, limits, parsed, decoded.encoding), limits, parsed
    )


def _text_grids(
    kind: Kind, content: bytes, text: str, name: str, limits: SheetLimits, parsed: Parsed, encoding: str
) -> Iterator[Grid]:
    sheet = _sheet_name(name)
    if kind is Kind.XML:
        yield from read_spreadsheetml(content.lstrip(), limits)
    elif kind is Kind.HTML:
        yield read_html(html_text(content, text), sheet, limits)
    elif kind is Kind.MHTML:
        yield read_html(archived_page(content), sheet, limits)
    elif kind is Kind.SYLK:
        yield read_sylk(text, sheet, limits.columns)
    else:
        delimited = read_delimited(text, sheet, limits.columns)
        parsed.format = "csv"
        parsed.notes.append(f"read as {encoding}, columns separated by {delimited.delimiter}")
        yield delimited.grid


def _sheet_name(name: str) -> str:
    """Excel names the sheet of a text file after the file: 31 characters of its stem."""
    stem = name.rpartition("/")[2].rpartition("\\")[2]
    stem = stem.rpartition(".")[0] or stem
    return stem.strip(TRIMMED)[:31] or "Sheet1"
