"""One row's cells become one learner with a check, by the rules in their order: address, names, length."""

from collections.abc import Callable
from dataclasses import dataclass

from bot.sheet.cells import INVISIBLE, text_of
from bot.sheet.drafts import Draft
from bot.sheet.emails import EmailCell, read_email
from bot.sheet.grid import Beyond
from bot.sheet.names import split_full_name
from bot.sheet.vocabulary import Vocabulary
from bot.values.address import identity_key

MAX_NAME = 100  # characters


@dataclass(frozen=True, kw_only=True, slots=True)
class Names:
    """First and last name as read, with what was done to get them."""

    first: str
    last: str
    repairs: tuple[str, ...] = ()


def read_names(first: object, last: object) -> Names:
    """Two cells; only what surrounds the names is taken away."""
    repairs = [
        repair
        for value, field in ((first, "first name"), (last, "last name"))
        if (repair := trim_repair(value, f"the {field}"))
    ]
    return Names(first=text_of(first), last=text_of(last), repairs=tuple(repairs))


def read_full_name(value: object, words: Vocabulary, *, last_first: bool) -> Names:
    """One cell with both names."""
    split = split_full_name(text_of(value), words, last_first=last_first)
    trimmed = trim_repair(value, "the name")
    return Names(
        first=split.first_name,
        last=split.last_name,
        repairs=(*([trimmed] if trimmed else []), *split.repairs),
    )


def trim_repair(value: object, what: str) -> str:
    """What was trimmed off a cell, in words; '' where nothing was."""
    if not isinstance(value, str):
        return ""
    trimmed = text_of(value)
    if trimmed == value or not trimmed:
        return ""
    start = value.index(trimmed)
    around = value[:start] + value[start + len(trimmed) :]
    kind = "an invisible character" if any(char in INVISIBLE for char in around) else "a stray space"
    return f"{kind} around {what} removed"


def read_address(
    value: object, place: tuple[int, int], beyond: Callable[[], Beyond]
) -> tuple[EmailCell, str]:
    """The cell's address and the cell as text; a link's target counts where the text is no address."""
    text = text_of(value)
    cell = read_email(text) if text else EmailCell(address="")
    trimmed = trim_repair(value, "the address")
    if cell.address:
        repairs = (trimmed, *cell.repairs) if trimmed else cell.repairs
        return EmailCell(address=cell.address, repairs=repairs), text
    more = beyond()
    target = more.links.get(place, "")
    linked = read_email(target) if target else cell
    if linked.address:
        return EmailCell(address=linked.address, repairs=("the address taken out of the cell's link",)), text
    if not text and (error := more.errors.get(place)):
        return read_email(error), error
    return cell, text


def check_learner(number: int, names: Names, email: EmailCell, shown: str) -> Draft:
    """The row with its outcome, the first rule broken deciding; duplicates are seen to by the list."""
    reason, detail = _fault(names, email, shown)
    return Draft(
        number,
        names.first,
        names.last,
        email.address or shown,
        "invalid" if reason else "ok",
        reason,
        detail,
        repairs=names.repairs + email.repairs,
    )


def key_of(address: str) -> str:
    """See `values.address.identity_key`; spared for the ordinary address, which is its own key."""
    return address if address.isascii() and "xn--" not in address else identity_key(address)


def _fault(names: Names, email: EmailCell, shown: str) -> tuple[str, str]:
    if not email.address:
        return ("bad_email", email.fault) if shown else ("missing_email", "the email address is missing")
    if not names.first or not names.last:
        both = not names.first and not names.last
        what = (
            "both names are missing" if both else f"the {'last' if names.first else 'first'} name is missing"
        )
        return "missing_name", what
    for field, name in (("first", names.first), ("last", names.last)):
        if len(name) > MAX_NAME:
            return "too_long", f"the {field} name has {len(name)} characters; {MAX_NAME} at most"
    return "", ""
