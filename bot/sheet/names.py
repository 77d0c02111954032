"""A full name becomes first and last name: the given part, then the rest."""

from dataclasses import dataclass

from bot.sheet.vocabulary import Vocabulary


@dataclass(frozen=True, kw_only=True, slots=True)
class SplitName:
    """The two parts, and what was done to get them."""

    first_name: str
    last_name: str
    repairs: tuple[str, ...]


def split_full_name(name: str, words: Vocabulary, *, last_first: bool = False) -> SplitName:
    """Split at the first space; 'Doe, Jane' is turned round and a title such as 'Dr.' goes.

    `last_first` is for columns headed 'Last name First name' whose cells have no comma.
    """
    repairs: list[str] = []
    family, comma, given = (part.strip() for part in name.partition(","))
    before, _, after = given.rpartition(",")
    if before and _is_suffix(after, words):
        given = before.strip()  # 'Doe, Jane, PhD'
    if comma and not _is_suffix(given, words) and given:
        given = _without_title(given, words, repairs)
        family = _without_title(family, words, repairs)
        if not family:
            return SplitName(first_name=given, last_name="", repairs=tuple(repairs))
        repairs.append(f"“{name}” turned round and split into first and last name")
        return SplitName(first_name=given, last_name=family, repairs=tuple(repairs))
    whole = _without_title(family if comma else name, words, repairs)
    first, _, rest = whole.partition(" ")
    rest = rest.strip()
    if last_first and rest:
        first, rest = rest, first
    if rest:
        repairs.append(f"“{name}” split into first and last name")
    return SplitName(first_name=first, last_name=rest, repairs=tuple(repairs))


def _without_title(name: str, words: Vocabulary, repairs: list[str]) -> str:
    """Drop titles from the front as long as a name is left after them, after 'M.' as long as two are."""
    rest = " ".join(name.split())
    while True:
        head, _, tail = rest.partition(" ")
        plain = head.casefold().rstrip(".")
        is_title = plain in words.titles and (len(plain) > 1 or " " in tail)
        is_subject = bool(repairs) and head.casefold() in words.subjects
        if not tail or not (is_title or is_subject):
            return rest
        repairs.append(f"the title “{head}” left out")
        rest = tail


def _is_suffix(text: str, words: Vocabulary) -> bool:
    """'Jane Doe, PhD': what follows the comma is no given name."""
    pieces = text.replace(",", " ").split()
    return bool(pieces) and all(piece.casefold().replace(".", "") in words.suffixes for piece in pieces)
