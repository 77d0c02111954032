"""Takes off what the sender did not say: banners, sign-offs, signatures, disclaimers, footers, slogans."""

import re
from collections.abc import Sequence
from enum import Enum, auto

from bot.mail.contacts import (
    PLACEHOLDER,
    Names,
    is_contact,
    is_name,
    is_own_name,
    is_sign_off,
    is_strong_contact,
    names_somebody,
)
from bot.mail.disclaimers import drop_banners, drop_disclaimers
from bot.mail.footers import drop_footers
from bot.mail.frame_words import LOOKED_AT, frame_words
from bot.mail.lines import Line

_DELIMITER = re.compile(r"\s*(?:--|–|—|__|-- ?-|––|—-)\s*")
_MOTTO = re.compile(r"[\"“„«'‘].*[\"”“»'’]")
_RULER = re.compile(r"\s*[-_=*~–—.·•]{3,}\s*")


class _Zone(Enum):
    """Where the walk through a piece stands."""

    TEXT = auto()  # the sender's words
    CLOSING = auto()  # after "Kind regards": names and titles are expected
    SIGNATURE = auto()  # after contact data or "-- ": only an afterthought is the sender's


def strip_frame(lines: Sequence[Line], names: Names, *, spoken: bool) -> list[Line]:
    """The lines without what mail programs, companies and habit put around them.

    `spoken` says that the sender has already said something further up in the same body.
    """
    kept = drop_banners(lines)
    kept = [line for line in kept if not is_mobile_footer(line.text) and not PLACEHOLDER.fullmatch(line.text)]
    kept = drop_footers(drop_disclaimers(kept, spoken=spoken), names, spoken=spoken)
    kept = _drop_closing(kept, names, spoken)
    return _trim(_drop_contact_block(_trim(kept), names, spoken))


def _trim(lines: Sequence[Line]) -> list[Line]:
    """Without blank lines and rulers at both ends."""
    start, end = 0, len(lines)
    while start < end and (not lines[start].text.strip() or _RULER.fullmatch(lines[start].text[:LOOKED_AT])):
        start += 1
    while end > start and (
        not lines[end - 1].text.strip() or _RULER.fullmatch(lines[end - 1].text[:LOOKED_AT])
    ):
        end -= 1
    return list(lines[start:end])


def is_mobile_footer(text: str) -> bool:
    """`Sent from my iPhone` and its kin, on a line of its own."""
    bare = text[:LOOKED_AT].lower().strip(" *_-–—\t.<>()[]")
    found = frame_words().mobile.match(bare)
    return bool(found) and len(bare.split()) <= 14 and len(bare) < 200


def _drop_closing(lines: Sequence[Line], names: Names, spoken: bool) -> list[Line]:
    """Without sign-offs, the names, titles and contact data under them, and what follows those."""
    walk = _Closing(names, spoken)
    for number, line in enumerate(lines):
        following = lines[number + 1 : number + 4]
        walk.take(line, [near.text for near in following if near.text.strip()])
    return walk.kept


class _Closing:
    """The state of the walk: which zone it is in and what was seen of a signature."""

    def __init__(self, names: Names, spoken: bool) -> None:
        self.kept: list[Line] = []
        self._spoken = spoken
        self._names = names
        self._zone = _Zone.TEXT
        self._sign_off: Line | None = None
        self._named = False
        self._delimited = False
        self._blank = False

    def take(self, line: Line, following: list[str]) -> None:
        """Keep or drop one line."""
        text = line.text[:LOOKED_AT].strip()
        if self._zone is not _Zone.TEXT and self._comes_back(text):
            self._zone = _Zone.TEXT
        if self._zone is _Zone.TEXT:
            self._take_text(line, text, following)
        elif not text:
            self._blank = True
            return
        elif self._zone is _Zone.CLOSING:
            self._take_closing(line, text, following)
        self._blank = not text

    def _comes_back(self, text: str) -> bool:
        """Whether an afterthought begins: `PS: …`, or `Also, …` as a line of its own after a blank one."""
        words = frame_words()
        lowered = text.lower()
        if words.afterthought.match(lowered):
            return True
        return not self._delimited and len(text.split()) > 2 and bool(words.afterthought_soft.match(lowered))

    def _take_text(self, line: Line, text: str, following: list[str]) -> None:
        spoken = self._spoken or any(kept.text.strip() for kept in self.kept)
        signed = bool(following) and (
            is_contact(following[0], self._names) or is_name(following[0], self._names)
        )
        delimited = (spoken or signed) and _DELIMITER.fullmatch(line.text[:LOOKED_AT])
        ruled = spoken and _RULER.fullmatch(text) and following and is_contact(following[0], self._names)
        named = signed and is_own_name(text, self._names) and is_contact(following[0], self._names)
        if spoken and named:
            self._zone = _Zone.SIGNATURE
        elif delimited or ruled:
            self._zone, self._delimited = _Zone.SIGNATURE, True
        elif spoken and is_sign_off(text) and not line.pairs:
            self._zone, self._sign_off, self._named = _Zone.CLOSING, line, names_somebody(text)
        else:
            self.kept.append(line)

    def _take_closing(self, line: Line, text: str, following: list[str]) -> None:
        if is_sign_off(text) or _RULER.fullmatch(text):
            return
        if _DELIMITER.fullmatch(text):
            self._zone = _Zone.SIGNATURE
        elif is_contact(text, self._names):
            self._named, self._zone = True, _Zone.SIGNATURE
        elif is_name(text, self._names):
            self._named = True
        elif self._is_motto(text):
            return
        else:
            self._go_on(line)

    def _is_motto(self, text: str) -> bool:
        """A title or a slogan right under a name, or one in quotation marks anywhere below it."""
        short = len(text.split()) <= 12 and not text.endswith("?")
        return self._named and short and (not self._blank or bool(_MOTTO.fullmatch(text)))

    def _go_on(self, line: Line) -> None:
        """It was no closing: the sender goes on speaking."""
        if self._sign_off is not None and not self._named:
            self.kept.append(self._sign_off)
        if self._blank:
            self.kept.append(Line(""))
        self._zone, self._sign_off = _Zone.TEXT, None
        self.kept.append(line)


def _drop_contact_block(lines: list[Line], names: Names, spoken: bool) -> list[Line]:
    """Without a last paragraph of name and contact lines, or the sender's bare name."""
    end = len(lines)
    strong = False
    while end > (0 if spoken else 1):
        line = lines[end - 1]
        text = line.text.strip()
        if line.pairs and not strong and not is_strong_contact(text):
            break
        if not text:
            if strong or end == len(lines):
                end -= 1
                continue
            break
        if is_contact(text, names):
            strong |= is_strong_contact(text)
        elif not is_name(text, names):
            break
        end -= 1
    if strong and (spoken or any(line.text.strip() for line in lines[:end])):
        return lines[:end]
    return _drop_own_name(lines, names)


def _drop_own_name(lines: list[Line], names: Names) -> list[Line]:
    """Without a last line, or a last ` - Dana`, that is the sender's own name."""
    if len(lines) > 1:
        tokens = re.findall(r"[\w'’]+", lines[-1].text.lower())
        named = all(token in names.tokens or len(token) == 1 for token in tokens)
        if named and len(tokens) <= 3 and set(tokens) & names.tokens - frame_words().words:
            return lines[:-1]
    return lines
