"""What the reading of a sheet tells besides names and addresses."""

import pytest

from bot.sheet.cells import text_of
from bot.sheet.grid import column_index, column_letter
from bot.sheet.read import read_sheet
from bot.values.sheet import Check, Reason, SheetLimits, Verdict
from fixtures.sheets.build import ANN, BOB, FOUR, HEAD, JANE, delimited, text, xlsx

LIMITS = SheetLimits()


def read(make, name="list.xlsx", limits=LIMITS):
    return read_sheet(make(), name, limits)


def test_the_columns_and_the_header_row_are_told_as_excel_names_them():
    reading = read(xlsx([[], ["", "Starters"], [], ["", *HEAD], ["", *JANE]]))
    (found,) = reading.lists
    assert (found.sheet, found.header_row, found.rows) == ("Sheet1", 4, 1)
    assert found.columns == (("first_name", "B"), ("last_name", "C"), ("email", "D"))


def test_inferred_columns_have_no_header_row():
    (found,) = read(delimited(FOUR), "list.csv").lists
    assert found.header_row is None


def test_a_duplicate_names_the_row_it_repeats():
    reading = read(xlsx({"A": [HEAD, JANE], "B": [HEAD, ANN, JANE, ANN]}))
    across, within = reading.rows[2], reading.rows[3]
    assert (across.check, across.duplicate_of, across.duplicate_sheet) == (Check.DUPLICATE, 2, "A")
    assert "sheet “A”" in across.detail
    assert (within.duplicate_of, within.duplicate_sheet) == (2, "B")
    assert within.detail == "the same address as in row 2"


def test_an_invalid_row_does_not_take_the_address_from_a_good_one():
    reading = read(xlsx([HEAD, ["Jane", "", JANE[2]], JANE]))
    assert [row.check for row in reading.rows] == [Check.INVALID, Check.OK]


def test_the_first_broken_rule_gives_the_reason():
    reading = read(xlsx([HEAD, JANE, ["", "Doe", ""], ["Jane", "", "bad"], ["x" * 101, "Doe", "a@b.com"]]))
    assert [row.reason for row in reading.rows[1:]] == [
        Reason.MISSING_EMAIL,
        Reason.BAD_EMAIL,
        Reason.TOO_LONG,
    ]


def test_repairs_are_listed_by_row():
    reading = read(xlsx([HEAD, [" Jane", "Doe\u200b", "Jane.Doe@acme.com"], BOB]))
    assert reading.rows[0].repairs == (
        "a stray space around the first name removed",
        "an invisible character around the last name removed",
        "capital letters in the address made small",
    )
    assert reading.rows[1].repairs == ()


def test_skipped_rows_are_known_by_kind():
    reading = read(
        xlsx(
            [
                ["Starters"],
                HEAD,
                ["e.g. Jo", "Ray", "x@y.com"],
                ["Sales"],
                JANE,
                HEAD,
                BOB,
                [],
                ["Total", 2],
                ["Regards"],
            ]
        )
    )
    kinds = {row.number: row.kind for row in reading.skipped}
    assert kinds == {
        1: "title",
        2: "header",
        3: "example",
        4: "section",
        6: "header",
        9: "total",
        10: "sign-off",
    }


def test_likely_typos_are_pointed_out_and_left_alone():
    people = [["A", "B", f"a{number}@acme.com"] for number in range(6)]
    odd = [
        ["C", "D", "c@acmee.com"],
        ["E", "F", "e@gmial.com"],
        ["G", "H", "g@mail.com"],
        ["I", "J", "i@acme.con"],
    ]
    rows = read(xlsx([HEAD, *people, *odd])).rows
    assert [bool(row.hint) for row in rows] == [False] * 6 + [True, True, False, True]
    assert all(row.check is Check.OK for row in rows)
    assert "acme.com" in rows[6].hint


def test_the_encoding_and_the_delimiter_are_told():
    (note,) = read(delimited([HEAD, ("Renée", "Doe", "r@acme.com")], ";", "cp1252"), "list.csv").notes
    assert note == "read as Windows-1252, columns separated by semicolons"


def test_a_sheet_is_named_after_a_text_file():
    assert read(delimited([HEAD, JANE]), "/tmp/March starters.csv").rows[0].sheet == "March starters"


@pytest.mark.parametrize(
    ("limits", "verdict"),
    [
        (SheetLimits(rows=4), Verdict.OK),
        (SheetLimits(rows=3), Verdict.TOO_LARGE),
        (SheetLimits(bytes=100), Verdict.TOO_LARGE),
        (SheetLimits(columns=2), Verdict.TOO_LARGE),
        (SheetLimits(inflated_bytes=1000), Verdict.TOO_LARGE),
    ],
)
def test_a_limit_passed_is_a_verdict_with_no_rows(limits, verdict):
    reading = read(xlsx([HEAD, *FOUR]), limits=limits)
    assert reading.verdict is verdict
    assert bool(reading.rows) == (verdict is Verdict.OK)


def test_rows_that_are_no_learners_do_not_count_against_the_limit():
    table = [HEAD, *FOUR, *([["Section"]] * 5)]
    assert read(xlsx(table), limits=SheetLimits(rows=4)).verdict is Verdict.OK


def test_two_rival_columns_are_named():
    reading = read(
        text("First,Last,Work email,Personal email\nA,B,a@x.com,a@y.com\nC,D,c@x.com,c@y.com\n"), "list.csv"
    )
    assert reading.verdict is Verdict.AMBIGUOUS
    assert any("columns C and D" in note for note in reading.notes)


def test_cells_are_read_as_people_see_them():
    assert [text_of(value) for value in (12345.0, 0.5, True, None, "\u00a0x\u200b", 1e20)] == [
        "12345", "0.5", "TRUE", "", "x", "1e+20",
    ]  # fmt: skip


def test_column_letters_count_as_excel_does():
    assert [column_letter(index) for index in (0, 25, 26, 16383)] == ["A", "Z", "AA", "XFD"]
    assert all(column_index(column_letter(index)) == index for index in range(0, 16384, 7))
