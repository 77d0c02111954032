"""The words by which mail systems and autoresponders give themselves away, from `machine.toml`."""

import re
import tomllib
from collections.abc import Iterable
from functools import cache
from importlib import resources

_TAGS = re.compile(r"^(?:\s*(?:\[[^\]]{0,60}\]|\*{2,}[^*]{0,40}\*{2,}|#+|!+))*\s*")
_ANSWERED = re.compile(
    r"(?:re|fwd?|aw|wg|sv|vs|tr|rv|res|enc|antw|odp|ynt|ref|rif|vb|doorst|回复|答复|转发|回覆|返信)\s?(?:\[\d+\])?\s?[:：]",
    re.IGNORECASE,
)
_TAG = re.compile(r"[^\[\]*#!]{4,60}")
_SUBJECT_READ = 300


class Words:
    """Patterns in small letters of which any counts, in any case, in a text made small. They are looked for
    one after the other, which is many times as fast as all in one, or as looking for both cases of a letter;
    at a text's beginning all in one are."""

    def __init__(self, patterns: Iterable[str]) -> None:
        written = tuple(patterns)
        self._each = tuple(map(re.compile, written))
        self._all = re.compile("|".join(f"(?:{pattern})" for pattern in written))

    def search(self, text: str) -> bool:
        """Whether one of them stands anywhere."""
        small = _small(text)
        return any(pattern.search(small) for pattern in self._each)

    def match(self, text: str) -> bool:
        """Whether the text begins with one of them."""
        return self._all.match(_small(text)) is not None


def _small(text: str) -> str:
    return _one_i(text.lower())


def _one_i(small: str) -> str:
    """With one kind of i: Turkish has one with a dot and one without, in both sizes."""
    return small.replace("i\u0307", "i").replace("ı", "i")


@cache
def machine_words(name: str) -> Words:
    """One list of `machine.toml`, compiled once: any of its words, in any case."""
    return Words(map(_one_i, _lists()[name]))


@cache
def _lists() -> dict[str, list[str]]:
    return tomllib.loads(resources.files("bot.mail").joinpath("machine.toml").read_text(encoding="utf-8"))


def subject_begins_with(name: str, subject: str) -> bool:
    """Whether a subject, or a "[tag]" before it, begins with a list's words.

    Behind a "Re:" or "Fw:" the words are those of a mail that a person answers or forwards.
    """
    tags, bare = _split_tags(subject[:_SUBJECT_READ])
    words = machine_words(name)
    return not _ANSWERED.match(bare) and any(words.match(piece) for piece in (bare, *tags))


def _split_tags(subject: str) -> tuple[list[str], str]:
    """What stands in marks before a subject, and the subject itself: "[Request received] New starters"."""
    bare = _TAGS.sub("", subject)
    return [tag.strip() for tag in _TAG.findall(subject[: len(subject) - len(bare)])], bare
