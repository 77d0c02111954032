"""Sheets written apart from the corpus: what stands beside or beneath the headings and is no learner's."""

import pytest

from bot.sheet.read import read_sheet
from bot.values.sheet import SheetLimits
from fixtures.sheets.build import HEAD, JANE, xlsx


def rows(sheets):
    reading = read_sheet(xlsx(sheets)(), "list.xlsx", SheetLimits())
    return [(row.number, row.email) for row in reading.rows]


def test_remarks_in_brackets_under_the_headings_are_no_learner():
    remarks = ["(as on ID)", "(as on ID)", "(company only)"]
    assert rows([HEAD, remarks, JANE]) == [(3, JANE[2])]


def test_a_name_in_brackets_beside_others_stays_a_learner():
    assert rows([HEAD, ["(Jane)", "Doe", JANE[2]]]) == [(2, JANE[2])]


@pytest.mark.parametrize("heading", ["Head email", "Head of Dept email", "HoD email"])
def test_the_address_of_a_head_of_department_is_no_learners(heading):
    departments = [["Dept", "Head", heading], ["Ops", "Zoe", "zoe@acme.test"]]
    assert rows({"Learners": [HEAD, JANE], "Depts": departments}) == [(2, JANE[2])]
