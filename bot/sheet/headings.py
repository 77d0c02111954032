"""What a heading says its column holds, by words alone; what the column really holds is asked elsewhere."""

import re
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

from rapidfuzz import fuzz, process

from bot.sheet.vocabulary import Vocabulary, compact, load_vocabulary, names_somebody_else, normal

MAX_HEADING = 80  # characters; what is longer is a sentence
_FUZZY_AT_LEAST = 88  # of fuzz.ratio; WRatio would map "Manager email" to "email"
_FUZZY_LETTERS = 6
_NUMBERING = re.compile(r"^\s*(?:\(?[0-9]{1,2}[.):]|[A-Za-z][.)])\s+")
_PARENTHESES = re.compile(r"[(\[{（【][^)\]}）】]*[)\]}）】]?")
_SPLITS = re.compile(r"\s*(?:/|\||\n|\r|:|;|,|\s[-–—]\s|=)\s*")


class Field(StrEnum):
    """What a column is for."""

    EMAIL = "email"  # the learner's address
    LOGIN = "login"  # a username, which may well be the address
    FIRST = "first_name"  # given name
    LAST = "last_name"  # family name
    FULL = "full_name"  # both names in one cell, given name first
    LAST_FIRST = "last_first"  # both names in one cell, family name first
    NAME = "name"  # just "Name": full, first or last, as its neighbours decide
    OTHER = "other"  # known, and nothing we need
    REFUSED = "refused"  # an address or a name, but not the learner's own
    UNKNOWN = "unknown"  # words we can't place


@dataclass(frozen=True, kw_only=True, slots=True)
class Heading:
    """One heading, placed. `rank` orders email headings: 0 the learner's own by name, 1 plain 'Email',
    2 a work address, 3 a personal one, 4 contact, 5 perhaps a yes/no column."""

    field: Field
    rank: int = 1
    exact: bool = True


UNKNOWN = Heading(field=Field.UNKNOWN)
_EMAIL_RANKS = (("work", 2), ("personal", 3), ("contact", 4), ("primary", 0))


@lru_cache(maxsize=2048)
def read_heading(text: str) -> Heading:
    """Place a heading: exact synonyms first, then the nearest by edit distance."""
    if not text or len(text) > MAX_HEADING or "@" in text:
        return UNKNOWN
    words = load_vocabulary()
    text = _NUMBERING.sub("", text)
    whole = normal(text)
    if exact := words.headings.get(compact(whole)):
        return Heading(field=Field(exact))
    if refused := _refused(text, whole, words):
        return refused
    found = [heading for variant in _variants(text) if (heading := _placed(variant, words)) is not None]
    return min(found, key=_preference, default=UNKNOWN)


def _preference(heading: Heading) -> tuple[bool, bool, int]:
    """Of several readings of one heading, a target beats a bare 'Name', and that beats the rest."""
    vague = heading.field in {Field.NAME, Field.LOGIN}
    return (heading.field in {Field.OTHER, Field.UNKNOWN}, vague, not heading.exact)


def _variants(text: str) -> list[str]:
    """The heading whole, without what stands in brackets, and piece by piece ('Nom / Last name')."""
    bare = _PARENTHESES.sub(" ", text)
    whole = [normal(text), normal(bare)]
    pieces = [normal(piece) for piece in _SPLITS.split(bare)]
    joined = "".join(whole[1].split())
    if any(compact(piece) == joined for piece in pieces):
        pieces = []
    return [variant for variant in dict.fromkeys([*whole, *pieces]) if variant]


def _refused(text: str, whole: str, words: Vocabulary) -> Heading | None:
    """Somebody else's column, or a second or old address of the learner."""
    tokens = whole.split()
    others = words.kinds["secondary"] | words.kinds["old"]
    if _speaks_of_email(tokens, words) and any(
        " " in phrase and f" {phrase} " in f" {whole} " for phrase in others
    ):
        return Heading(field=Field.REFUSED)  # before 'not' is looked at: 'Email (do not use)'
    if "not" in tokens or "nicht" in tokens or "niet" in tokens:
        whole = normal(_PARENTHESES.sub(" ", text))  # 'Email (not the manager's)' is the learner's
        tokens = whole.split()
    if len(tokens) <= 8 and names_somebody_else(whole, words):
        return Heading(field=Field.REFUSED)
    if not _speaks_of_email(tokens, words):
        return None
    if any(token in others for token in tokens) and len(tokens) <= 6:
        return Heading(field=Field.REFUSED)
    return None


def _speaks_of_email(tokens: list[str], words: Vocabulary) -> bool:
    return any(token.startswith(("email", "mail", "corre", "courriel")) for token in tokens) or any(
        words.headings.get(token) == "email" for token in tokens
    )


def _placed(variant: str, words: Vocabulary) -> Heading | None:
    field = words.headings.get(compact(variant))
    if field:
        return Heading(field=Field(field))
    tokens = variant.split()
    if _speaks_of_email(tokens, words) and any(token in words.kinds["flags"] for token in tokens):
        return Heading(field=Field.EMAIL, rank=5)
    rank = None
    for kind, value in _EMAIL_RANKS:
        if any(token in words.kinds[kind] for token in tokens):
            rank = value if rank is None else rank
            tokens = [token for token in tokens if token not in words.kinds[kind]]
    own = [token for token in tokens if not _says_nothing(token, words)]
    learners = any(token in words.learners for token in tokens)
    if not own and learners and rank is None:
        return Heading(field=Field.FULL, exact=False)
    field = words.headings.get("".join(own))
    if field in {"email", "first_name", "last_name", "full_name", "last_first", "name"}:
        if field == "email":
            return Heading(field=Field.EMAIL, rank=rank if rank is not None else 0 if learners else 1)
        if rank is None:
            return Heading(field=Field(field))
        return None
    return _nearest("".join(own), rank, words) or _nearest(compact(variant), None, words)


def _says_nothing(token: str, words: Vocabulary) -> bool:
    if token in words.learners or token in words.fillers or token.isdigit():
        return True
    # 'Particpant' is misspelt, and never 'employer' for 'employee'.
    near = len(token) >= _FUZZY_LETTERS and process.extractOne(
        token, words.learners, scorer=fuzz.ratio, score_cutoff=_FUZZY_AT_LEAST
    )
    return bool(near)


def _nearest(letters: str, rank: int | None, words: Vocabulary) -> Heading | None:
    """A misspelt heading: the synonym with the least edits, if it is near enough."""
    if len(letters) < _FUZZY_LETTERS:
        return None
    found = process.extractOne(
        letters, words.headings.keys(), scorer=fuzz.ratio, score_cutoff=_FUZZY_AT_LEAST
    )
    if found is None:
        return None
    field = Field(words.headings[found[0]])
    if field is Field.EMAIL:
        return Heading(field=field, rank=1 if rank is None else rank, exact=False)
    return Heading(field=field, exact=False) if rank is None else None
