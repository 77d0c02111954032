"""First stage of the preference: one spelling of a text, and its words and marks."""

import re
import unicodedata

_TOKEN = re.compile(r"[^\W_]+|[\U0001F300-\U0001FAFF\u2600-\u27BF\u2B00-\u2BFF]|[^\w\s]")
_EMAIL_WORD = re.compile(r"\b([Ee])[-\u2010-\u2013 ](?=[Mm]ail)")
_WITHOUT = re.compile(r"\bw/o(?:ut)?\b", re.IGNORECASE)
_NOT_APPLICABLE = re.compile(r"\bn\s?/\s?a\b", re.IGNORECASE)
# `am 1. April`: a full stop that ends no sentence.
DATE = re.compile(r"(?<=\d)\.(?=\s*(?:jan|feb|mär|apr|mai|jun|jul|aug|sep|okt|nov|dez))", re.IGNORECASE)
_ADDRESS = re.compile(r"[\w.+-]{1,64}@\w[\w-]{0,62}(?:\.\w[\w-]{0,62}){1,6}")
_REGARDING = re.compile(r"(?<=[^\W\d_]) re: ", re.IGNORECASE)
_HYPHEN = re.compile(r"(?<=[^\W_])[-\u2010\u2011](?=[^\W_])")
_APOSTROPHES = str.maketrans({"’": "'", "‘": "'", "´": "'", "`": "'", "\u02bc": "'"})
_MARKS = re.compile(r"[\u0300-\u036f]")
_INVISIBLE = re.compile(r"[\u00ad\u200b-\u200d\u2060\ufeff\ufe0e\ufe0f]|[\U0001F3FB-\U0001F3FF]")


def fold(text: str) -> str:
    """Lower-cased and without accents."""
    return _MARKS.sub("", unicodedata.normalize("NFKD", text)).casefold()


def clean(text: str) -> str:
    """One spelling of apostrophes and of e-mail, nothing invisible."""
    text = _NOT_APPLICABLE.sub(
        "notapplicable", _WITHOUT.sub("without", _INVISIBLE.sub("", text).translate(_APOSTROPHES))
    )
    text = _ADDRESS.sub(" anaddress ", _REGARDING.sub(" regarding ", DATE.sub(" ", text)))
    return _HYPHEN.sub(" ", _EMAIL_WORD.sub(r"\1", text))


def tokens_of(text: str) -> list[str]:
    """Words and single marks of a cleaned text, as written; hyphens and apostrophes part words."""
    return _TOKEN.findall(text)
