"""HTML tables saved as .xls, on their own or within a web archive, as a grid."""

import email
import email.policy
import re

from selectolax.lexbor import LexborHTMLParser, LexborNode

from bot.sheet.encodings import decode
from bot.sheet.faults import FileRefused
from bot.sheet.grid import Beyond, Grid
from bot.values.sheet import SheetLimits, Verdict

_CHARSET = re.compile(rb"charset\s*=\s*[\"']?\s*([\w-]+)", re.IGNORECASE)
_MOST_SPAN_ROWS = 1000
_ROWS_ALLOWED = 3  # times the limit of learners
_TAG = re.compile(r"<(/?)([a-zA-Z][^\s/>]*)")
# Elements without an end, and those that end the one before them.
_NEVER_DEEP = frozenset(
    {
        "br",
        "hr",
        "img",
        "input",
        "meta",
        "link",
        "col",
        "base",
        "wbr",
        "area",
        "param",
        "source",
        "embed",
        "track",
    }
    | {
        "p",
        "li",
        "td",
        "th",
        "tr",
        "tbody",
        "thead",
        "tfoot",
        "option",
        "dt",
        "dd",
        "colgroup",
        "html",
        "body",
    }
)
_MOST_WORK = 500_000_000  # open elements looked at: some three seconds


def html_text(content: bytes, assumed: str) -> str:
    """The page as text: in UTF-8 what it claims to be hardly matters, else its `charset` counts."""
    claimed = _CHARSET.search(content[:4096])
    if claimed and not _is_utf8(content) and not content.startswith((b"\xff\xfe", b"\xfe\xff")):
        try:
            return content.decode(claimed.group(1).decode("ascii"), "replace")
        except LookupError:
            return assumed
    return assumed


def _is_utf8(content: bytes) -> bool:
    try:
        content.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def archived_page(content: bytes) -> str:
    """The page with a table within a web archive (RFC 2557 §9); '' where there is none."""
    message = email.message_from_bytes(content, policy=email.policy.compat32)
    for part in message.walk():
        if part.get_content_type() == "text/html":
            raw = part.get_payload(decode=True)
            decoded = decode(raw) if isinstance(raw, bytes) else None
            if decoded is not None and "<table" in decoded.text.lower():
                return html_text(raw, decoded.text) if isinstance(raw, bytes) else decoded.text
    return ""


def read_html(text: str, sheet: str, limits: SheetLimits) -> Grid:
    """All innermost tables one below the other, as Excel opens them; `FileRefused` without any."""
    _refuse_bomb(text, limits)
    page = LexborHTMLParser(text)
    page.strip_tags(["script", "style", "template"])
    inner = [table for table in page.css("table") if not _nests(table)]
    if not inner:
        raise FileRefused(Verdict.UNSUPPORTED, "web page")
    rows: list[list[str]] = []
    links: dict[tuple[int, int], str] = {}
    for table in inner:
        _read_table(table, rows, links, limits)
    beyond = Beyond(links=links)
    return Grid(sheet=sheet, rows=rows, beyond=lambda: beyond)


def _nests(table: LexborNode) -> bool:
    return any(found.mem_id != table.mem_id for found in table.css("table"))


def _refuse_bomb(text: str, limits: SheetLimits) -> None:
    """The parser looks through all open elements at each new one: deep nesting takes it for ever."""
    depth = work = 0
    low = text.lower()
    if low.count("<tr") > _ROWS_ALLOWED * limits.rows or low.count("<td") > limits.rows * limits.columns:
        raise FileRefused(Verdict.TOO_LARGE, "work")
    for tag in _TAG.finditer(text):
        name = tag[2].lower()
        if name in _NEVER_DEEP:
            continue
        depth = max(0, depth - 1) if tag[1] else depth + 1
        work += depth
        if work > _MOST_WORK:
            raise FileRefused(Verdict.TOO_LARGE, "work")


def _read_table(
    table: LexborNode, rows: list[list[str]], links: dict[tuple[int, int], str], limits: SheetLimits
) -> None:
    """Cells in their places, room left for those that span rows or columns."""
    below: dict[int, int] = {}  # columns a cell from above still spans, and for how many rows
    for line in table.css("tr"):
        column = 0
        row: dict[int, str] = {}
        held = {index: left - 1 for index, left in below.items() if left > 1}
        for cell in line.iter(include_text=False):
            if cell.tag not in {"td", "th"}:
                continue
            while column in below:
                column += 1
            if column > limits.columns:
                break
            row[column] = _cell_text(cell)
            if target := _mailto(cell):
                links[len(rows) + 1, column] = target
            across, down = _span(cell, "colspan", limits.columns), _span(cell, "rowspan", _MOST_SPAN_ROWS)
            if down > 1:
                held.update(dict.fromkeys(range(column, column + across), down - 1))
            column += across
        below = held
        rows.append([row.get(index, "") for index in range(max(row, default=-1) + 1)])


def _span(cell: LexborNode, attribute: str, most: int) -> int:
    value = (cell.attributes.get(attribute) or "1").strip()
    return max(1, min(int(value), most)) if value.isascii() and value.isdigit() and len(value) < 8 else 1


def _cell_text(cell: LexborNode) -> str:
    for line_break in cell.css("br"):
        line_break.replace_with("\n")
    return re.sub(r"[ \t\r\f]*\n[ \t\r\n\f]*", "\n", cell.text(deep=True)).strip()


def _mailto(cell: LexborNode) -> str:
    link = cell.css_first('a[href^="mailto:" i]')
    return (link.attributes.get("href") or "") if link is not None else ""
