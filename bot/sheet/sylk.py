"""SYLK, the symbolic link text that old programs export, as a grid."""

import re

from bot.sheet.grid import Grid

_FIELD = re.compile(r";([A-Z])((?:\"(?:[^\"]|\"\")*\"|;;|[^;])*)")
_LAST_ROW = 65_536


def read_sylk(text: str, sheet: str, columns: int) -> Grid:
    """The values of `C` records by their `Y` (row), `X` (column) and `K` (value) fields."""
    cells: dict[int, dict[int, str]] = {}
    row = column = 1
    for line in text.splitlines():
        if not line.startswith(("C;", "F;")):
            continue
        fields = dict(_FIELD.findall(line[1:]))
        row = _count(fields.get("Y", ""), row)
        column = _count(fields.get("X", ""), column)
        if line.startswith("C;") and "K" in fields and row <= _LAST_ROW and column <= columns + 1:
            cells.setdefault(row, {})[column] = _text(fields["K"])
    rows = []
    for number in range(1, max(cells, default=0) + 1):
        values = cells.get(number, {})
        rows.append([values.get(index, "") for index in range(1, max(values, default=0) + 1)])
    return Grid(sheet=sheet, rows=rows)


def _count(value: str, otherwise: int) -> int:
    return int(value) if value.isdigit() and 0 < len(value) < 8 else otherwise


def _text(value: str) -> str:
    if len(value) >= 2 and value.startswith('"') and value.endswith('"'):
        value = value[1:-1].replace('""', '"')
    return value.replace(";;", ";").replace("\x1b :", "\n")
