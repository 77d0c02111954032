"""Takes off what companies put under a name: newsletters, opt-outs, offers and slogans."""

import re
from collections.abc import Sequence

from bot.mail.contacts import Names, is_contact, is_name, is_sign_off
from bot.mail.disclaimers import joined, units
from bot.mail.frame_words import LOOKED_AT, frame_words
from bot.mail.lines import Line

_MOTTO = re.compile(r"[\"“„«].*[\"”“»]|\*{2,}[^*]+\*{2,}|~{2,}[^~]+~{2,}|(?:~ [^~]+ ~\s*)+")

# In capitals, however its words read small: `Charlotte Vale`, `Joy Welcome`.
_NAME = re.compile(r"[^\W\d_a-zß-ÿ][\w.'’-]*(?: [^\W\d_a-zß-ÿ][\w.'’-]*){1,3}")


def drop_footers(lines: Sequence[Line], names: Names, *, spoken: bool) -> list[Line]:
    """The lines without the paragraphs below a sign-off or name that speak to whoever reads them.

    An afterthought stays, and so does whatever speaks of others than the reader: `email them too`.
    """
    words = frame_words()
    kept: list[Line] = []
    said, signed, blank = spoken, False, False
    for unit in units(lines):
        text = joined(unit)[:LOOKED_AT]
        paired = any(line.pairs for line in unit)
        if text and not paired and (_is_footer(text) if signed else said and _is_framed(text)):
            continue
        if words.afterthought.match(text.lower()):
            signed = False
        elif said and text and not paired:
            named = blank and (
                _NAME.fullmatch(text) or is_name(_bare(text), names) or is_contact(text, names)
            )
            signed = signed or bool(named) or is_sign_off(text)
        said |= bool(text)
        blank = not text
        kept += unit
    return kept


def _bare(text: str) -> str:
    """A name without the pronouns or post in brackets behind it."""
    return re.sub(r"\s*\([^()]{1,40}\)\s*$", "", text)


def _is_framed(text: str) -> bool:
    """`~ Sign up to our mailing list ~`: a footer even where nobody's name stands above it."""
    return text.startswith("~ ") and bool(_MOTTO.fullmatch(text.strip())) and _is_footer_of(text.lower())


def _is_footer(text: str) -> bool:
    """Whether a paragraph under a name is a slogan, or speaks of mail to its reader and of nobody else."""
    words = frame_words()
    lowered = text.lower()
    if _MOTTO.fullmatch(text.strip()):
        return True
    if words.afterthought.match(lowered) or words.afterthought_soft.match(lowered):
        return False
    return _is_footer_of(lowered)


def _is_footer_of(lowered: str) -> bool:
    words = frame_words()
    return bool(words.footer.search(lowered)) and not words.footer_not.search(lowered)
