"""Any list of learners in any layout of the rules reads back the same; any bytes end in a verdict."""

import csv
import io

import openpyxl
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.sheet.emails import read_email
from bot.sheet.read import read_sheet
from bot.values.sheet import Check, SheetLimits, SheetReading, Verdict

LIMITS = SheetLimits()
SLOW = settings(deadline=None, max_examples=40, suppress_health_check=list(HealthCheck))
LETTERS = st.characters(categories=["Lu", "Ll"], max_codepoint=0x24F)
NAMES = st.text(LETTERS, min_size=2, max_size=12)
LEARNERS = st.lists(st.tuples(NAMES, NAMES), min_size=1, max_size=12)
HEADINGS = st.sampled_from(
    [
        ("First Name", "Last Name", "Email address"),
        ("Vorname", "Nachname", "E-Mail"),
        ("Prénom", "Nom", "Courriel"),
        ("Nombre", "Apellidos", "Correo electrónico"),
        ("Voornaam", "Achternaam", "E-mailadres"),
        ("Nome", "Cognome", "Indirizzo e-mail"),
        ("Learner forename*", "Learner surname*", "Learner email*"),
    ]
)
TOPS = st.sampled_from(
    [[], [[]], [["New starters"], []], [["Company:", "Acme"], ["Contact:", "hr@acme.com"], []]]
)
ORDERS = st.permutations([0, 1, 2])
OTHERS = st.sampled_from([None, ("Department", "Sales"), ("Manager email", "boss@acme.com"), ("No.", 7)])


def _table(people, headings, top, order, other, left):
    """The rows to write, and the number of the first learner's."""
    body = [headings] + [(first, last, f"p{place}@acme.com") for place, (first, last) in enumerate(people)]
    rows = [[row[index] for index in order] for row in body]
    if other is not None:
        rows = [[*row, other[0] if place == 0 else other[1]] for place, row in enumerate(rows)]
    return [*top, *([""] * left + row for row in rows)], len(top) + 2


def _expected(people, first_row):
    return [
        (first_row + place, first, last, f"p{place}@acme.com") for place, (first, last) in enumerate(people)
    ]


def _told(reading):
    assert reading.verdict is Verdict.OK
    assert all(row.check is Check.OK for row in reading.rows)
    return [(row.number, row.first_name, row.last_name, row.email) for row in reading.rows]


@SLOW
@given(LEARNERS, HEADINGS, TOPS, ORDERS, OTHERS, st.integers(0, 3))
def test_any_workbook_of_learners_reads_back_the_same(people, headings, top, order, other, left):
    table, first_row = _table(people, headings, top, order, other, left)
    book = openpyxl.Workbook()
    for number, row in enumerate(table, 1):
        for column, value in enumerate(row, 1):
            if value != "":
                book.active.cell(number, column, value)
    stream = io.BytesIO()
    book.save(stream)
    assert _told(read_sheet(stream.getvalue(), "list.xlsx", LIMITS)) == _expected(people, first_row)


@SLOW
@given(
    LEARNERS,
    HEADINGS,
    TOPS,
    ORDERS,
    OTHERS,
    st.sampled_from(",;\t|"),
    st.sampled_from(["utf-8", "utf-8-sig", "utf-16"]),
    st.sampled_from(["\r\n", "\n"]),
)
def test_any_delimited_list_reads_back_the_same(
    people, headings, top, order, other, delimiter, encoding, end
):
    table, first_row = _table(people, headings, top, order, other, 0)
    stream = io.StringIO()
    csv.writer(stream, delimiter=delimiter, lineterminator=end).writerows(table)
    content = stream.getvalue().encode(encoding)
    assert _told(read_sheet(content, "list.csv", LIMITS)) == _expected(people, first_row)


@SLOW
@given(st.binary(max_size=2000), st.sampled_from(["a.xlsx", "a.csv", "", "a.xls"]))
def test_any_bytes_end_in_a_verdict(content, name):
    reading = read_sheet(content, name, LIMITS)
    assert isinstance(reading, SheetReading)
    assert bool(reading.problem) == (reading.verdict is not Verdict.OK)
    assert bool(reading.rows) == (reading.verdict is Verdict.OK)


@SLOW
@given(st.text(alphabet="ab@.,;<>\"' \n\tmailto:", max_size=80))
def test_any_text_in_a_cell_is_an_address_or_a_fault(text):
    read = read_email(text.strip() or "x")
    assert bool(read.address) != bool(read.fault)
    assert read.address.count("@") <= 1
