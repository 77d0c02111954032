"""Takes off what the sender did not say: banners, sign-offs, signatures, disclaimers, mobile footers, slogans."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum, auto

from bot.mail.disclaimers import drop_banners, drop_disclaimers
from bot.mail.frame_words import LOOKED_AT, frame_words
from bot.mail.lines import Line

_DELIMITER = re.compile(r"\s*(?:--|–|—|__|-- ?-|––|—-)\s*")
_RULER = re.compile(r"\s*[-_=*~–—.·•]{3,}\s*")
_PHONE = re.compile(r"(?<![\w@])\+?\(?\d[\d\s().\-/]{6,20}\d(?!\w)")
_WEB = re.compile(
    r"https?://|www\.|\b[\w-]+\.(?:com|org|net|co\.uk|de|fr|es|it|nl|pt|eu|io|example)\b", re.IGNORECASE
)
_ADDRESS = re.compile(r"\S+@\S+\.\S+")
_PLACEHOLDER = re.compile(
    r"\s*[\[<](?:cid:|image|logo|inline image|https?://)[^\]>]*[\]>]\s*|\s*<?image\d*\.\w{3}>?\s*",
    re.IGNORECASE,
)
_CONNECTOR = re.compile(r"(?:and|und|et|y|e|en|&|/|\+|,|-|–|—|!|\.|;)*\s*")
_PARTICLES = {
    "van",
    "von",
    "de",
    "der",
    "den",
    "da",
    "di",
    "do",
    "dos",
    "la",
    "le",
    "du",
    "del",
    "zu",
    "bin",
    "al",
    "and",
    "&",
    "y",
    "e",
    "et",
    "und",
    "/",
    "|",
    "-",
}
_SMILE = re.compile(r"[\s,.!;:~*_\-–—()|/^<>\u2600-\u27bf\U0001f300-\U0001faff\ufe0f]*")


class _Zone(Enum):
    """Where the walk through a piece stands."""

    TEXT = auto()  # the sender's words
    CLOSING = auto()  # after "Kind regards": names and titles are expected
    SIGNATURE = auto()  # after contact data or "-- ": only an afterthought is the sender's


@dataclass(frozen=True, slots=True)
class Names:
    """What the sender is called, as lower-cased words, to know a signature without a sign-off."""

    tokens: frozenset[str] = frozenset()
    address: str = ""


def strip_frame(lines: Sequence[Line], names: Names, *, spoken: bool) -> list[Line]:
    """The lines without what mail programs, companies and habit put around them.

    `spoken` says that the sender has already said something further up in the same body.
    """
    kept = drop_banners(lines)
    kept = [
        line for line in kept if not is_mobile_footer(line.text) and not _PLACEHOLDER.fullmatch(line.text)
    ]
    kept = _drop_closing(drop_disclaimers(kept, spoken=spoken), names, spoken)
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
        return (
            self._zone is _Zone.CLOSING
            and len(text.split()) > 2
            and bool(words.afterthought_soft.match(lowered))
        )

    def _take_text(self, line: Line, text: str, following: list[str]) -> None:
        spoken = self._spoken or any(kept.text.strip() for kept in self.kept)
        signed = bool(following) and (
            is_contact(following[0], self._names) or is_name(following[0], self._names)
        )
        if (spoken or signed) and _DELIMITER.fullmatch(line.text[:LOOKED_AT]):
            self._zone = _Zone.SIGNATURE
        elif spoken and _RULER.fullmatch(text) and following and is_contact(following[0], self._names):
            self._zone = _Zone.SIGNATURE
        elif spoken and is_sign_off(text) and not line.pairs:
            self._zone, self._sign_off, self._named = _Zone.CLOSING, line, _names_somebody(text)
        else:
            self.kept.append(line)

    def _take_closing(self, line: Line, text: str, following: list[str]) -> None:
        if is_sign_off(text) or _RULER.fullmatch(text):
            return
        if _DELIMITER.fullmatch(text):
            self._zone = _Zone.SIGNATURE
        elif is_contact(text, self._names):
            self._named = True
            if is_strong_contact(text):
                self._zone = _Zone.SIGNATURE
        elif is_name(text, self._names):
            self._named = True
        elif self._named and not self._blank and len(text.split()) <= 12 and not text.endswith("?"):
            # Right under a name: a title or a slogan.
            return
        else:
            self._go_on(line)

    def _go_on(self, line: Line) -> None:
        """It was no closing: the sender goes on speaking."""
        if self._sign_off is not None and not self._named:
            self.kept.append(self._sign_off)
        if self._blank:
            self.kept.append(Line(""))
        self._zone, self._sign_off = _Zone.TEXT, None
        self.kept.append(line)


def is_sign_off(text: str) -> bool:
    """`Kind regards`, `Thanks again, Dana`, `Viele Grüße und danke`: nothing but a farewell and a name."""
    words = frame_words()
    rest = text.strip(" *_>\t-–—~")
    if len(rest) > 90:
        return False
    farewells = 0
    while True:
        found = words.sign_off.match(rest.lower())
        if found is None:
            break
        farewells += 1
        rest = _SMILE.sub("", rest[found.end() :], count=1)
        rest = (
            _CONNECTOR.sub("", rest, count=1)
            if words.sign_off.match(_CONNECTOR.sub("", rest, count=1).lower())
            else rest
        )
    if not farewells:
        return False
    return not rest.strip() or _is_name_like(rest, 4)


def _names_somebody(text: str) -> bool:
    """Whether a sign-off carries the name in its own line."""
    rest = frame_words().sign_off.sub("", text.lower(), count=1)
    return bool(re.search(r"\w{2,}", rest))


def is_name(text: str, names: Names) -> bool:
    """A line that is just a name: a few capitalised words, none of which answers anything."""
    tokens = re.findall(r"[\w'’.-]+", text.lower())
    if tokens and len(tokens) <= 4 and any(token.strip(".-") in names.tokens for token in tokens):
        return not set(tokens) & frame_words().words
    return _is_name_like(text, 5)


def _is_name_like(text: str, most: int) -> bool:
    bare = text.strip(" ,.!*_-–—~/|()<>\t")
    tokens = bare.split()
    if not tokens or len(tokens) > most or len(bare) > 60 or text.rstrip().endswith("?"):
        return False
    stop = frame_words().words
    for token in tokens:
        plain = token.strip(".,*_()\"'’")
        if plain.lower() in stop or any(character.isdigit() for character in plain):
            return False
        if plain and not plain[0].isupper() and plain.lower() not in _PARTICLES and plain[0].isalpha():
            return False
    return any(character.isalpha() for character in bare)


def is_strong_contact(text: str) -> bool:
    """A phone number, a web address, a labelled telephone: the line can only be part of a signature."""
    lowered = text.lower().strip(" *_|\t")
    if len(text) > 160 or len(lowered.split()) > 16:
        return False
    return bool(
        frame_words().contact.match(lowered)
        or _PHONE.search(text)
        or (_WEB.search(text) and len(lowered.split()) <= 6)
    )


def is_contact(text: str, names: Names) -> bool:
    """A line of a signature block: phone, site, address, title, company, or a picture's placeholder."""
    lowered = text.lower().strip(" *_|\t")
    if not lowered or len(text) > 200 or len(lowered.split()) > 16 or lowered.endswith(("?", "!")):
        return False
    if is_strong_contact(text) or _PLACEHOLDER.match(text):
        return True
    if _ADDRESS.fullmatch(lowered):
        return not names.address or lowered.strip("<>") == names.address
    tokens = set(re.findall(r"[\w'’]+", lowered))
    titled = bool(frame_words().title.search(lowered))
    if tokens & frame_words().words:
        return False
    return (titled and len(tokens) <= 10) or (" | " in text and len(tokens) <= 12)


def _drop_contact_block(lines: list[Line], names: Names, spoken: bool) -> list[Line]:
    """Without a last paragraph of name and contact lines, or the sender's bare name: a signature unannounced."""
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
        if 0 < len(tokens) <= 3 and all(token in names.tokens or len(token) == 1 for token in tokens):
            if set(tokens) & names.tokens and not set(tokens) & frame_words().words:
                return lines[:-1]
    return lines
