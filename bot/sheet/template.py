"""The spreadsheet a customer is asked to fill in: `Learner Upload.xlsx`."""

import io
from functools import cache

from openpyxl import Workbook

from bot.sheet.styles import CREATOR, FAINT, PLAIN, Painter, begin_table, hint_at_addresses

_HEADINGS = ("First Name", "Last Name", "Email address")
_EXAMPLE = ("e.g. Jane", "e.g. Doe", "e.g. jane.doe@yourcompany.com")
_STEP = PLAIN._replace(lined=False)
_TITLE = _STEP._replace(bold=True, size=14)
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


@cache
def write_template() -> bytes:
    """The template as .xlsx; our own reader finds no learner in it. Always the same, so written once."""
    workbook = Workbook(write_only=True)
    workbook.properties.creator = CREATOR
    workbook.properties.title = "Learner Upload"
    sheet = workbook.create_sheet("Learners")
    hint_at_addresses(sheet, "C", 3)
    begin_table(sheet, _HEADINGS, (28, 32, 44))
    sheet.auto_filter.ref = None
    cells = Painter(sheet)
    sheet.append([cells.text(text, FAINT._replace(italic=True)) for text in _EXAMPLE])
    guide = workbook.create_sheet("Instructions")
    guide.column_dimensions["A"].width = 110
    guide.sheet_view.showGridLines = False
    # Printed, the longest line must not run off the page.
    guide.page_setup.orientation = "landscape"
    guide.page_setup.fitToHeight = 0
    guide.sheet_properties.pageSetUpPr.fitToPage = True
    cells = Painter(guide)
    for text, is_title in _STEPS:
        guide.append([cells.text(text, _TITLE if is_title else _STEP)])
    stream = io.BytesIO()
    workbook.save(stream)
    return stream.getvalue()
