"""The workbooks we write, read back."""

import io
import re
import zipfile

import openpyxl
import pytest

from bot.sheet.file_names import annotated_name, to_fix_name
from bot.sheet.read import read_sheet
from bot.sheet.workbooks import write_annotated, write_template, write_to_fix
from bot.values.learner import ImportRow, Outcome
from bot.values.sheet import Check, SheetLimits, Verdict


def a_row(
    number, outcome=Outcome.CREATED, first="Jane", last="Doe", email="jane@acme.com", sheet="Starters", **rest
):
    return ImportRow(
        position=number,
        file="March.xlsx",
        sheet=sheet,
        number=number,
        first_name=first,
        last_name=last,
        email=email,
        key=email,
        outcome=outcome,
        **rest,
    )


def opened(content):
    return openpyxl.load_workbook(io.BytesIO(content))


def test_the_annotated_workbook_keeps_sheets_row_numbers_and_order():
    book = opened(write_annotated([a_row(4), a_row(9, Outcome.INVALID, sheet="Night: 2/3"), a_row(5)]))
    assert book.sheetnames == ["Starters", "Night  2 3"]
    sheet = book["Starters"]
    assert [[cell.value for cell in row[:5]] for row in sheet.iter_rows()] == [
        ["Row", "First Name", "Last Name", "Email address", "Result"],
        [4, "Jane", "Doe", "jane@acme.com", "Created"],
        [5, "Jane", "Doe", "jane@acme.com", "Created"],
    ]
    assert sheet.freeze_panes == "A2"
    assert sheet.auto_filter.ref == "A1:G3"


@pytest.mark.parametrize("outcome", Outcome)
def test_every_outcome_has_words_and_a_colour(outcome):
    cell = opened(write_annotated([a_row(2, outcome)])).active["E2"]
    assert cell.value
    assert cell.fill.fgColor.rgb not in {None, "00000000"}


@pytest.mark.parametrize(
    "name", ["=1+1", "+44", "-x", "@SUM(A1)", "\t=x", "＝1", '=HYPERLINK("http://x","y")']
)
def test_no_text_ever_becomes_a_formula(name):
    rows = [a_row(2, Outcome.FAILED, first=name, last=name, detail=name)]
    for content in (write_annotated(rows), write_to_fix(rows)):
        for row in opened(content).active.iter_rows(min_row=2):
            for cell in row:
                assert cell.data_type in {"s", "n"}
                if cell.value == name:
                    assert cell.quotePrefix


def test_control_characters_and_endless_text_do_no_harm():
    rows = [
        a_row(2, first="a\x00b\x0b", last="x" * 40_000),
        a_row(3, first="\ud800Lone", last="\x01=1+1", email=" a & <b> \uffff"),
    ]
    sheet = opened(write_annotated(rows)).active
    assert [sheet["B2"].value, len(sheet["C2"].value)] == ["ab", 32_767]
    assert [sheet["B3"].value, sheet["C3"].value, sheet["D3"].value] == ["Lone", "=1+1", " a & <b> "]
    assert sheet["C3"].quotePrefix


def test_each_sheet_has_a_filter_as_long_as_its_rows_whatever_it_is_called():
    titles = ("Starters", "Costs $5 <b> 100000", "'x'!$A$1:$G$2")
    for longest in (4, 9):  # the second time from what was kept
        lasts = [longest, longest + 1, longest + 2]
        rows = [
            a_row(n, sheet=title)
            for title, last in zip(titles, lasts, strict=True)
            for n in range(2, last + 1)
        ]
        book = opened(write_annotated(rows))
        assert [sheet.auto_filter.ref for sheet in book] == [f"A1:G{last}" for last in lasts]
        with zipfile.ZipFile(io.BytesIO(write_annotated(rows))) as archive:
            names = re.findall(r"_FilterDatabase[^<]*G\$(\d+)<", archive.read("xl/workbook.xml").decode())
        assert names == [str(last) for last in lasts]


def test_a_row_is_as_high_as_its_longest_reason_needs():
    sheet = opened(write_annotated([a_row(2), a_row(3, Outcome.FAILED, detail="No. " * 40)])).active
    assert sheet.row_dimensions[2].height is None
    assert sheet.row_dimensions[3].height == 60


def test_a_workbook_without_rows_has_its_header():
    assert [cell.value for cell in opened(write_annotated([])).active[1]][:2] == ["Row", "First Name"]


def test_the_rows_to_fix_can_be_sent_again_as_they_are():
    rows = [
        a_row(2),
        a_row(3, Outcome.INVALID, email="jane", reason="bad_email", detail="it has no @"),
        a_row(4, Outcome.FAILED, first="Bob", email="bob@acme.com", detail="refused"),
        a_row(5, Outcome.DUPLICATE),
    ]
    reading = read_sheet(write_to_fix(rows), "March - to fix.xlsx", SheetLimits())
    assert [(row.first_name, row.email, row.check) for row in reading.rows] == [
        ("Jane", "jane", Check.INVALID),
        ("Bob", "bob@acme.com", Check.OK),
    ]
    assert opened(write_to_fix(rows)).active["D2"].value == "It has no @"


def test_the_annotated_workbook_sent_back_is_read_like_the_first():
    reading = read_sheet(write_annotated([a_row(4), a_row(9, email="b@acme.com")]), "x.xlsx", SheetLimits())
    assert [row.email for row in reading.rows] == ["jane@acme.com", "b@acme.com"]


def test_the_template_holds_no_learner():
    assert read_sheet(write_template(), "Learner Upload.xlsx", SheetLimits()).verdict is Verdict.EMPTY


def test_a_filled_template_is_read_and_its_example_is_not():
    book = opened(write_template())
    for column, value in enumerate(("Jane", "Doe", "jane@acme.com"), 1):
        book["Learners"].cell(3, column, value)
    stream = io.BytesIO()
    book.save(stream)
    reading = read_sheet(stream.getvalue(), "Learner Upload.xlsx", SheetLimits())
    assert [(row.number, row.email) for row in reading.rows] == [(3, "jane@acme.com")]


def test_file_names_tell_what_the_workbook_is():
    assert annotated_name("March starters.xlsx") == "March starters - results.xlsx"
    assert to_fix_name("March starters - to fix.xlsx") == "March starters - to fix.xlsx"
    assert to_fix_name("../x/list.csv") == "list - to fix.xlsx"
    assert annotated_name("") == "Learners - results.xlsx"
