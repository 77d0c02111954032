"""The spreadsheet a customer is asked to fill in: `Learner Upload.xlsx`."""

from dataclasses import replace

from bot.sheet.styles import FAINT, PLAIN, hint_at_addresses, table, text_cell
from bot.sheet.xlsx import Row, Tab, write_workbook

_HEADINGS = ("First Name", "Last Name", "Email address")
_EXAMPLE = ("e.g. Jane", "e.g. Doe", "e.g. jane.doe@yourcompany.com")
_HINTED_ROWS = 10_000
_STEP = replace(PLAIN, lined=False)
_TITLE = replace(_STEP, bold=True, size=14)
_STEPS = (
    ("How to fill in this spreadsheet", True),
    ("", False),
    ("1.  Go to the sheet “Learners” and write one learner on each row.", False),
    ("2.  First Name and Last Name: as the learner should see them on the platform.", False),
    (
        "3.  Email address: the learner's own address. It becomes the username, so each learner needs one.",
        False,
    ),
    ("4.  You can leave the example in row 2 where it is. It is not read.", False),
    ("5.  Save the file, attach it to an email and send it to us.", False),
    ("", False),
    ("Good to know", True),
    ("", False),
    ("•  Learners who already have an account are left as they are.", False),
    ("•  Tell us in your email whether the new learners should get an email about their account.", False),
    ("•  Extra columns do no harm: only these three are used.", False),
    ("•  Courses are not allocated by this spreadsheet.", False),
)


def write_template() -> bytes:
    """The template as .xlsx; our own reader finds no learner in it."""
    example = Row([text_cell(text, replace(FAINT, italic=True)) for text in _EXAMPLE])
    hint = hint_at_addresses("C", 3, _HINTED_ROWS)
    guide = Tab(
        title="Instructions",
        widths=(110,),
        rows=[Row([text_cell(text, _TITLE if is_title else _STEP)]) for text, is_title in _STEPS],
        heading=False,
        gridlines=False,
    )
    learners = table("Learners", _HEADINGS, (28, 32, 44), [example], validation=hint)
    return write_workbook([learners, guide], title="Learner Upload")
