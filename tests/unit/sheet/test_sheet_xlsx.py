"""The workbook parts that we write by hand, opened by both of our own readers."""

import io
import zipfile
from xml.etree import ElementTree

import openpyxl
from python_calamine import CalamineWorkbook

from bot.sheet.xlsx import Row, Style, Tab, write_workbook

LOUD = Style(ink="FFFFFF", fill="1F3A5F", bold=True, italic=True, size=14, lined=True, wrap=True)


def a_tab(*rows, **changes):
    return Tab(**{"title": "Learners", "widths": (10, 20), "rows": [Row(row) for row in rows]} | changes)


def test_both_readers_see_the_same_values_in_every_sheet():
    content = write_workbook([a_tab([(1, Style()), ("<a> & 'b' \"c\"", LOUD)]), a_tab(title="It's & more")])
    assert CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_index(0).to_python() == [
        [1.0, "<a> & 'b' \"c\""]
    ]
    book = openpyxl.load_workbook(io.BytesIO(content))
    assert book.sheetnames == ["Learners", "It's & more"]
    assert [cell.value for cell in book.active[1]] == [1, "<a> & 'b' \"c\""]


def test_a_cell_looks_as_its_style_says():
    cell = openpyxl.load_workbook(io.BytesIO(write_workbook([a_tab([("x", LOUD)])]))).active["A1"]
    assert (cell.font.b, cell.font.i, cell.font.sz, cell.font.color.rgb) == (True, True, 14, "FFFFFFFF")
    assert (cell.fill.fgColor.rgb, cell.border.bottom.style, cell.alignment.wrap_text) == (
        "FF1F3A5F",
        "thin",
        True,
    )


def test_what_a_filter_and_a_printed_heading_need_is_named():
    tab = a_tab([("Name", Style())], [("x", Style())], filtered=2)
    sheet = openpyxl.load_workbook(io.BytesIO(write_workbook([tab]))).active
    assert (sheet.auto_filter.ref, sheet.print_title_rows, sheet.freeze_panes) == ("A1:B2", "$1:$1", "A2")


def test_text_that_xml_cannot_hold_is_left_out_and_every_part_is_well_formed():
    content = write_workbook([a_tab([("a\ud800\ufffe\x1fb", Style()), ("\x00", Style())])])
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        for name in archive.namelist():
            ElementTree.fromstring(archive.read(name))
    row = openpyxl.load_workbook(io.BytesIO(content)).active[1]
    assert [cell.value for cell in row] == ["ab", None]


def test_the_same_rows_give_the_same_bytes():
    assert write_workbook([a_tab([("x", LOUD)])]) == write_workbook([a_tab([("x", LOUD)])])
