"""What to tell a customer whose file gave no rows: the trouble by name, and the way out."""

from bot.values.sheet import SheetLimits, Verdict

_AGAIN = "Please save the list as an Excel workbook (.xlsx) or CSV and send it again."
_KINDS = {
    "numbers": "It is an Apple Numbers document. In Numbers choose File > Export To > Excel and send that.",
    "pages": f"It is an Apple Pages document. {_AGAIN}",
    "docx": "It is a Word document. Please copy its table into a spreadsheet and send that as .xlsx.",
    "doc": "It is a Word document. Please copy its table into a spreadsheet and send that as .xlsx.",
    "odt": "It is a text document. Please copy its table into a spreadsheet and send that as .xlsx.",
    "rtf": "It is a text document. Please copy its table into a spreadsheet and send that as .xlsx.",
    "pptx": f"It is a presentation. {_AGAIN}",
    "pdf": "It is a PDF. Please send the spreadsheet it was made from, as .xlsx or CSV.",
    "image": "It is a picture. Please send the spreadsheet itself, as .xlsx or CSV, not a picture of it.",
    "google": (
        "It is only a shortcut to a Google document. In Google Sheets choose "
        "File > Download > Microsoft Excel (.xlsx) and attach that file."
    ),
    "shortcut": "It is only a shortcut to a file. Please attach the file itself.",
    "zip": "It is a ZIP archive. Please take the spreadsheet out of it and attach it on its own.",
    "archive": "It is a packed archive. Please take the spreadsheet out of it and attach it on its own.",
    "msg": f"It is a saved email, not a spreadsheet. {_AGAIN}",
    "mdb": f"It is a database. {_AGAIN}",
    "web page": f"It is a web page without a table. {_AGAIN}",
    "json": f"It is a data file that is no spreadsheet. {_AGAIN}",
    "xml": f"It is an XML file that is no spreadsheet. {_AGAIN}",
    "calendar": f"It is a calendar or contact card. {_AGAIN}",
    "ods chart": f"It holds no sheet. {_AGAIN}",
    "wk": f"It is a file of an older spreadsheet program. {_AGAIN}",
    "media": "It is a sound or video file. Please send the spreadsheet, as .xlsx or CSV.",
    "program": "It is a program, not a spreadsheet. Please send the list as .xlsx or CSV.",
}


def unsupported(kind: str) -> str:
    """The words for a file of another kind."""
    return _KINDS.get(kind, f"It is not a spreadsheet we can read. {_AGAIN}")


def too_large(limits: SheetLimits, what: str) -> str:
    """The words for a limit passed: `what` is one of rows, columns, sheets, bytes, work."""
    way_out = "Please split the list into smaller files and send them one by one."
    sizes = {
        "rows": f"It has more than {limits.rows:,} learners. {way_out}",
        "columns": (
            f"The list is more than {limits.columns} columns wide. "
            "Please keep only first name, last name and email."
        ),
        "sheets": (
            f"The workbook has more than {limits.sheets} sheets. Please keep only those that list learners."
        ),
        "bytes": f"The file is larger than {limits.bytes // (1024 * 1024)} MB. {way_out}",
    }
    return sizes.get(
        what,
        "It takes more work to open than a learner list should. Please copy the list into a new workbook "
        "and send that.",
    )


PROBLEMS = {
    Verdict.OK: "",
    Verdict.EMPTY: "There are no learners in it. Please fill in one row for each learner and send it again.",
    Verdict.NO_HEADER: (
        "We could not find the column with the learners' email addresses. Please head the columns "
        "First Name, Last Name and Email address, as in the template."
    ),
    Verdict.AMBIGUOUS: (
        "Two columns could be the learners' email address. Please keep the one to use, headed Email address."
    ),
    Verdict.ENCRYPTED: (
        "It is protected with a password, so we cannot open it. Please save it without a password "
        "(File > Info > Protect Workbook > Encrypt with Password, and clear the box) and send it again."
    ),
    Verdict.CORRUPT: f"It is damaged or was cut off on its way. {_AGAIN}",
}
