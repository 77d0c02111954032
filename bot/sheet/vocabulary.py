"""The words of sheets, read from `words/*.toml`, one file a language (and one for the headings of further
ones), all languages at once.

Customers mix languages in one sheet, so a heading is looked up in every language.
"""

import re
import tomllib
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

_CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z][a-z])")
_POSSESSIVE = re.compile(r"['’`´]s\b")
_SHORT_STEM = 4
_MOST = 300  # characters that are looked at: what is longer is told by its beginning


@dataclass(frozen=True, kw_only=True, slots=True)
class Vocabulary:
    """Every list of words in normal form (see `normal`).

    `headings` maps a heading without spaces to its field; `owners` are beginnings of words, `kinds` and the
    row lists are whole words or phrases; `asides` are names of sheets that explain and hold no list.
    """

    headings: dict[str, str]
    owners: frozenset[str]
    owner_phrases: tuple[str, ...]
    learners: frozenset[str]
    fillers: frozenset[str]
    kinds: dict[str, frozenset[str]]
    totals: frozenset[str]
    examples: tuple[str, ...]
    signoffs: frozenset[str]
    sections: frozenset[str]
    surnames: frozenset[str]
    notes: frozenset[str]
    instructions: frozenset[str]
    asides: frozenset[str]
    titles: frozenset[str]
    subjects: frozenset[str]
    suffixes: frozenset[str]


def normal(text: str) -> str:
    """Lower case, without accents, signs and doubled spaces; 'E-Mail' and 'eMail' are 'email'."""
    text = _POSSESSIVE.sub("", _CAMEL.sub(" ", text[:_MOST]))
    decomposed = unicodedata.normalize("NFKD", text).casefold()
    letters = "".join(
        char if char.isalnum() else "" if unicodedata.combining(char) else " " for char in decomposed
    )
    words = f" {' '.join(letters.split())} "
    return words.replace(" e mail", " email").strip()


def compact(words: str) -> str:
    """A normal form without its spaces, so that 'first name' and 'firstname' are one."""
    return words.replace(" ", "")


@cache
def load_vocabulary() -> Vocabulary:
    """All languages merged; on a clash the language read first wins, English before the others."""
    folder = files("bot.sheet") / "words"
    names = sorted(
        (entry.name for entry in folder.iterdir() if entry.name.endswith(".toml")),
        key=lambda name: (name != "en.toml", name),
    )
    tables = [tomllib.loads((folder / name).read_text(encoding="utf-8")) for name in names]
    full = [table for table in tables if "rows" in table]
    headings: dict[str, str] = {}
    for table in tables:
        for target, synonyms in table["headings"].items():
            for synonym in synonyms:
                headings.setdefault(compact(normal(synonym)), target)
    owners = _normal_set(word for table in tables for word in table["owners"]["others"])
    return Vocabulary(
        headings=headings,
        owners=frozenset(word for word in owners if " " not in word),
        owner_phrases=tuple(sorted(word for word in owners if " " in word)),
        learners=_normal_set(word for table in full for word in table["owners"]["learners"]),
        fillers=_normal_set(word for table in full for word in table["owners"]["fillers"]),
        kinds={
            kind: _normal_set(word for table in full for word in table["kinds"].get(kind, ()))
            for kind in ("primary", "work", "personal", "contact", "secondary", "old", "flags")
        },
        totals=_row_words(full, "totals"),
        examples=tuple(sorted({word for table in full for word in table["rows"]["examples"]})),
        signoffs=_row_words(full, "signoffs"),
        sections=_row_words(full, "sections"),
        surnames=_row_words(full, "surnames"),
        notes=_row_words(full, "notes"),
        instructions=_row_words(full, "instructions"),
        asides=_row_words(full, "asides"),
        titles=_name_words(full, "titles"),
        subjects=frozenset(word for table in full for word in table["names"].get("subjects", ())),
        suffixes=_name_words(full, "suffixes"),
    )


def names_somebody_else(words: str, vocabulary: Vocabulary) -> bool:
    """Whether a heading in normal form speaks of a manager, a parent, a submitter or the like."""
    padded = f" {words} "
    if any(f" {phrase} " in padded for phrase in vocabulary.owner_phrases):
        return True
    return any(
        token in vocabulary.owners or any(token.startswith(stem) for stem in _long_stems(vocabulary.owners))
        for token in words.split()
    )


@cache
def _long_stems(owners: frozenset[str]) -> tuple[str, ...]:
    """Short stems only count as whole words: 'pa' must not find 'participant'."""
    return tuple(sorted(stem for stem in owners if len(stem) >= _SHORT_STEM))


def _normal_set(words: Iterable[str]) -> frozenset[str]:
    return frozenset(filter(None, (normal(word) for word in words)))


def _row_words(tables: list[dict[str, dict[str, list[str]]]], kind: str) -> frozenset[str]:
    return _normal_set(word for table in tables for word in table["rows"].get(kind, ()))


def _name_words(tables: list[dict[str, dict[str, list[str]]]], kind: str) -> frozenset[str]:
    return frozenset(word.casefold().rstrip(".") for table in tables for word in table["names"][kind])
