"""The words that frame a mail (quotes, forwards, sign-offs, footers), read once from `words/*.toml`."""

import re
import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

# No phrase of ours is longer; what a line holds beyond this is never looked at.
LOOKED_AT = 2000


@dataclass(frozen=True, kw_only=True, slots=True)
class FrameWords:
    """The frame's words of every language together, lower-cased, as patterns over lower-cased text."""

    wrote: re.Pattern[str]
    on: re.Pattern[str]
    labels: dict[str, str]
    original: re.Pattern[str]
    forwarded: re.Pattern[str]
    reply_above: re.Pattern[str]
    reply_prefix: re.Pattern[str]
    forward_prefix: re.Pattern[str]
    mobile: re.Pattern[str]
    sign_off: re.Pattern[str]
    disclaimer: re.Pattern[str]
    disclaimer_weak: re.Pattern[str]
    disclaimer_start: re.Pattern[str]
    banner: re.Pattern[str]
    banner_said: re.Pattern[str]
    banner_own: re.Pattern[str]
    banner_tag: re.Pattern[str]
    greeting: re.Pattern[str]
    afterthought: re.Pattern[str]
    afterthought_soft: re.Pattern[str]
    footer: re.Pattern[str]
    footer_not: re.Pattern[str]
    title: re.Pattern[str]
    contact: re.Pattern[str]
    yes_no: frozenset[str]
    words: frozenset[str]
    aside: frozenset[str]
    points_below: re.Pattern[str]
    colours: re.Pattern[str]
    capitals: re.Pattern[str]
    ordinals: dict[str, str]
    beside_ordinals: frozenset[str]
    yes_to_one: re.Pattern[str]
    pictures: dict[str, str]


def _any_of(phrases: list[str]) -> str:
    """An alternation, longest phrase first so that the most specific one wins."""
    unique = sorted(set(phrases), key=lambda phrase: (-len(phrase), phrase))
    return "(?:" + "|".join(re.escape(phrase).replace("'", "['’`´]") for phrase in unique) + ")"


def _whole(phrases: list[str]) -> str:
    return rf"(?<!\w){_any_of(phrases)}(?!\w)"


@cache
def frame_words() -> FrameWords:
    """Every language's words in one; a mail seldom keeps to the language its program is set to."""
    tables = [
        tomllib.loads(entry.read_text(encoding="utf-8"))
        for entry in sorted(files("bot.mail").joinpath("words").iterdir(), key=lambda entry: entry.name)
        if entry.name.endswith(".toml")
    ]

    def every(key: str) -> list[str]:
        return [phrase for table in tables for phrase in table[key]]

    ordinals = {
        word: str(at + 1)
        for table in tables
        for at, words in enumerate(table["ordinals"])
        for word in words.split("|")
    }
    labels = {phrase: key for key in ("cc", "subject", "to", "sent", "from") for phrase in every(key)}
    return FrameWords(
        wrote=re.compile(_whole(every("wrote"))),
        on=re.compile(_any_of(every("on")) + r"(?!\w)"),
        labels=labels,
        original=re.compile(_whole(every("original"))),
        forwarded=re.compile(_whole(every("forwarded"))),
        reply_above=re.compile(_whole(every("reply_above"))),
        reply_prefix=re.compile(_any_of(every("reply_prefix")) + r"(?:\s?[\[(]?\d{1,3}[\])]?)?\s?[:：]\s*"),
        forward_prefix=re.compile(_any_of(every("forward_prefix")) + r"\s?[:：]\s*"),
        mobile=re.compile(_any_of(every("mobile")) + r"(?!\w)"),
        sign_off=re.compile(_any_of(every("sign_off")) + r"(?![\w'’])"),
        disclaimer=re.compile(_any_of(every("disclaimer"))),
        disclaimer_weak=re.compile(_any_of(every("disclaimer_weak"))),
        disclaimer_start=re.compile(_any_of(every("disclaimer_start")) + r"(?!\w)"),
        banner=re.compile(_any_of(every("banner"))),
        banner_said=re.compile(_any_of(every("banner_said"))),
        banner_own=re.compile(r"(?<!\w)" + _any_of(every("banner_own")) + r"(?!\w)"),
        banner_tag=re.compile(r"\s*[\[(*#!⚠️\s]*" + _any_of(every("banner_tag")) + r"[\])*#!:\s-]*"),
        greeting=re.compile(_any_of(every("greeting")) + r"(?![\w'’])"),
        afterthought=re.compile(r"[*_]{0,2}" + _any_of(every("afterthought")) + r"(?!\w)"),
        afterthought_soft=re.compile(_any_of(every("afterthought_soft")) + r"(?![\w'’])"),
        footer=re.compile(_whole(every("footer"))),
        footer_not=re.compile(_whole(every("footer_not"))),
        title=re.compile(_whole(every("title"))),
        contact=re.compile(_any_of(every("contact")) + r"\.?\s?(?:[:|·]|(?=[+(]?\d))"),
        yes_no=frozenset(every("yes_no")),
        words=frozenset(every("words")) | frozenset(every("yes_no")),
        aside=frozenset(every("aside")),
        points_below=re.compile(_whole(every("points_below"))),
        colours=re.compile(_whole(every("colours"))),
        capitals=re.compile(_whole(every("capitals"))),
        ordinals=ordinals,
        beside_ordinals=frozenset(every("beside_ordinals")),
        yes_to_one=re.compile(
            rf"{_whole(every('yes_no'))}(?:\s+(?:please|thanks))?,?\s+(?:\w{{1,4}}\s+){{1,2}}{_whole(list(ordinals))}"
        ),
        pictures=dict.fromkeys(every("ticked"), "☑ ") | dict.fromkeys(every("unticked"), "☐ "),
    )


def begins_with_answer(text: str) -> bool:
    """Whether a value starts with a yes or a no in one of our languages."""
    found = re.match(r"[\s\[(*_\"'“]*([\w'/]+)", text.lower())
    return found is not None and found.group(1) in frame_words().yes_no
