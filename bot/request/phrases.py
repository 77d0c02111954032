"""Patterns over plain words, as the word files write them; used to recognise what a mail asks for."""

import re
import unicodedata
from collections.abc import Mapping, Sequence

_NOT = re.compile(r"\b(\w+)n['’]t\b|\b(do|does|did|is|are|was|were|have|has|would|could|should|need)nt\b")
_WHOLE_NOT = {"ca": "can", "wo": "will", "sha": "shall"}
_WORD = re.compile(r"[^\W_]+|[,:()]")
_PART = re.compile(r"\([^()]*\)\??|\S+")
_END = re.compile(r"(?<=[.!?;])\s+|\n+")


def fold_words(text: str) -> str:
    """Lower-case words and commas without accents, a space around each: ` do not create them , please `."""
    plain = text.lower().replace("ß", "ss").replace("cannot", "can not")
    if not plain.isascii():
        folded = unicodedata.normalize("NFKD", plain)
        plain = "".join(character for character in folded if not unicodedata.combining(character))
    spelled = _NOT.sub(_spell_out, plain)
    return " " + "".join(f"{',' if word in ':()' else word} " for word in _WORD.findall(spelled))


def _spell_out(found: re.Match[str]) -> str:
    verb = found.group(1) or found.group(2)
    return f"{_WHOLE_NOT.get(verb, verb)} not"


def split_sentences(text: str) -> list[str]:
    """Sentences and lines, as written."""
    return [sentence.strip() for sentence in _END.split(text) if sentence.strip()]


def compile_phrases(patterns: Sequence[str], sets: Mapping[str, str]) -> re.Pattern[str]:
    """One pattern for all of them, over `fold_words` text.

    `a|b` is either, `(a b|c)` groups phrases, `(…)?` may be missing, `a*` has any ending, `..` leaves out
    up to six words, `{name}` is a set, `$` the end.
    """
    if not patterns:
        return re.compile(r"(?!)")
    return re.compile("|".join(_compile_one(pattern, sets) for pattern in patterns))


def _compile_one(pattern: str, sets: Mapping[str, str]) -> str:
    ends = pattern.endswith("$")
    out = ["(?<= )"]
    for part in _PART.findall(pattern.rstrip("$")):
        if part == "..":
            out.append("(?:[^ ]+ ){0,6}?")
            continue
        optional = part.endswith("?")
        words = _alternatives(part.rstrip("?").strip("()"), sets)
        out.append(f"(?:(?:{words}) (?:, )?){'?' if optional else ''}")
    return "".join(out) + ("$" if ends else "")


def _alternatives(part: str, sets: Mapping[str, str]) -> str:
    filled = re.sub(r"\{(\w+)\}", lambda found: sets[found.group(1)], part)
    phrases = sorted(
        {fold_words(word).strip() + ("*" if word.endswith("*") else "") for word in filled.split("|")}
    )
    return "|".join(
        re.escape(phrase).replace(r"\*", "[^ ]*").replace("\\ ", " ")
        for phrase in reversed(phrases)
        if phrase
    )
