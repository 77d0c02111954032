"""What one cell says as text: the first thing done to every value of a sheet."""

import datetime

# Zero-width and direction marks that pasted text carries along; none of them is White_Space in Unicode.
INVISIBLE = (
    "\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b\u180c\u180d\u180e\u200b\u200c\u200d\u200e\u200f"
    "\u202a\u202b\u202c\u202d\u202e\u2060\u2061\u2062\u2063\u2064\u2066\u2067\u2068\u2069\u3164\ufeff\uffa0"
)
_CONTROLS = "".join(map(chr, [*range(0x20), *range(0x7F, 0xA0)]))
_SPACES = "".join(chr(code) for code in range(0x3001) if chr(code).isspace())
TRIMMED = _SPACES + _CONTROLS + INVISIBLE
WITHOUT_INVISIBLE = dict.fromkeys(map(ord, INVISIBLE))


def text_of(value: object) -> str:
    """The cell as text, trimmed of every kind of white space and of zero-width characters.

    Whole numbers lose their `.0`, booleans read as Excel shows them, dates are ISO 8601.
    """
    if isinstance(value, str):
        return value.strip(TRIMMED)
    if value is None:
        return ""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, float):
        return _number_text(value)
    if isinstance(value, datetime.datetime):
        return value.date().isoformat() if value.time() == datetime.time() else value.isoformat(sep=" ")
    return str(value).strip(TRIMMED)


def _number_text(number: float) -> str:
    if number.is_integer() and abs(number) < 1e15:
        return str(int(number))
    return f"{number:.15g}"


def is_number_like(value: object) -> bool:
    """Whether the cell is a number, a truth value or a date rather than somebody's words."""
    if isinstance(value, str):
        text = value.strip(TRIMMED)
        return (
            text.upper() in {"TRUE", "FALSE"}
            or text.strip("#.()").replace(",", "").replace(".", "").isdigit()
        )
    return isinstance(value, bool | int | float | datetime.date | datetime.time | datetime.timedelta)
