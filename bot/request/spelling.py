"""First stage of the preference: one spelling of a text, its words and marks, and what a word misspells."""

import re
import unicodedata
from collections.abc import Sequence

from rapidfuzz import process
from rapidfuzz.distance import OSA

# Words that one typo turns into another meaning are never guessed; shorter words neither.
GUESSED_FROM = 6

_TOKEN = re.compile(r"[^\W_]+|[\U0001F300-\U0001FAFF\u2600-\u27BF\u2B00-\u2BFF]|[^\w\s]")
# `am 1. April`: a full stop that ends no sentence.
DATE = re.compile(r"(?<=\d)\.(?=\s*(?:jan|feb|mär|apr|mai|jun|jul|aug|sep|okt|nov|dez))", re.IGNORECASE)
_HYPHEN = re.compile(r"(?<=[^\W_])[-\u2010\u2011](?=[^\W_])")
_APOSTROPHES = str.maketrans({"’": "'", "‘": "'", "´": "'", "`": "'", "\u02bc": "'"})
_MARKS = re.compile(r"[\u0300-\u036f]")
_INVISIBLE = re.compile(r"[\u00ad\u200b-\u200d\u2060\ufeff\ufe0e\ufe0f]|[\U0001F3FB-\U0001F3FF]")


# What is written in one way only from here on, in this order; a pattern needs its mark in the text.
_SPELLINGS = (
    ("/", re.compile(r"\bw/o(?:ut)?\b", re.IGNORECASE), "without"),
    ("/", re.compile(r"\bn\s?/\s?a\b", re.IGNORECASE), "notapplicable"),
    (".", DATE, " "),
    (":", re.compile(r"(?<=[^\W\d_]) re: ", re.IGNORECASE), " regarding "),
    ("@", re.compile(r"[\w.+-]{1,64}@\w[\w-]{0,62}(?:\.\w[\w-]{0,62}){1,6}"), " anaddress "),
    ("ail", re.compile(r"\b([Ee])[-\u2010-\u2013 ](?=[Mm]ail)"), r"\1"),
)


def fold(text: str) -> str:
    """Lower-cased and without accents."""
    if text.isascii():
        return text.lower()
    return _MARKS.sub("", unicodedata.normalize("NFKD", text)).casefold()


def clean(text: str) -> str:
    """One spelling of apostrophes and of e-mail, nothing invisible."""
    text = _INVISIBLE.sub("", text) if not text.isascii() else text
    text = text.translate(_APOSTROPHES)
    for mark, written, meant in _SPELLINGS:
        if mark in text:
            text = written.sub(meant, text)
    return _HYPHEN.sub(" ", text)


def tokens_of(text: str) -> list[str]:
    """Words and single marks of a cleaned text, as written; hyphens and apostrophes part words."""
    return _TOKEN.findall(text)


def guess(listed: Sequence[str], word: str) -> str:
    """The listed word that this one misspells, or ''. Transposed letters count as one slip."""
    if not GUESSED_FROM <= len(word) <= 20 or not word.isalpha():
        return ""
    slips = 1 if len(word) < 9 else 2
    best = process.extractOne(word, listed, scorer=OSA.distance, score_cutoff=slips)
    return str(best[0]) if best is not None and best[0][0] == word[0] else ""
