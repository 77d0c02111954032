"""The plain twin's table: no row is lost, however little is known of it."""

import pytest

from bot.reply.excerpt import Line
from bot.reply.plain import indent_rows


@pytest.mark.parametrize("who", ["", "Ann Lee", "a very long name " * 4])
@pytest.mark.parametrize("detail", ["", "no address"])
def test_a_row_keeps_its_number_whatever_else_is_missing(who: str, detail: str) -> None:
    rows = [Line(number=7, who=who, detail=detail, hint=""), Line(number=12, who="Bob", detail="x", hint="")]
    written = indent_rows(rows, rows[0], "row", detail)
    assert written.startswith("    row 7")
    assert "".join((who + detail).split()) in "".join(written.split())
