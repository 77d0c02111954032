"""Recognises what else the words ask for: an upload, a mere check, courses, a template, taking back."""

import re
import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from urllib.parse import unquote

from bot.request.phrases import compile_phrases, fold_words, split_sentences
from bot.values.request import Segment, SegmentKind, Spoken, Wishes

_READ_HEAD, _READ_TAIL = 16_000, 4_000
_SHORT_BODY = 15
_LINK = re.compile(r"https?://[^\s<>\"')\]]{4,2000}", re.IGNORECASE)
_CLOUD = re.compile(
    r"(?:docs|drive|sheets)\.google\.|1drv\.ms|onedrive|sharepoint\.com|dropbox\.com|icloud\.com"
    r"|(?:^|[/.])box\.com|wetransfer\.com|we\.tl/|sharefile\.com|sheet\.zoho\.|airtable\.com|smartsheet\.com",
    re.IGNORECASE,
)
_ADDRESS = re.compile(r"[\w.+'-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63})+")
_SHEET_NAME = re.compile(r"\.(?:xlsx?|xlsm|xlsb|ods|csv|tsv|numbers)$", re.IGNORECASE)


class _Patterns(dict[str, re.Pattern[str]]):
    """A language's patterns by wish, each compiled when first asked for: a mail needs one language's."""

    def __init__(self, phrases: dict[str, list[str]], sets: dict[str, str]) -> None:
        super().__init__()
        self._phrases = phrases
        self._sets = sets

    def __missing__(self, wish: str) -> re.Pattern[str]:
        self[wish] = compile_phrases(self._phrases.get(wish, []), self._sets)
        return self[wish]


@dataclass(frozen=True, kw_only=True, slots=True)
class _Language:
    """One language's patterns by wish, and its words for yes and no as form values."""

    patterns: _Patterns
    vocabulary: frozenset[str]
    yes: frozenset[str]
    no: frozenset[str]


@dataclass(frozen=True, slots=True)
class _Sentence:
    """A sentence as folded words, and whether it asks."""

    words: str
    asks: bool
    languages: tuple[_Language, ...]


@cache
def _languages() -> tuple[_Language, ...]:
    """Every language's words; English first."""
    found = [
        entry
        for entry in files("bot.request").joinpath("wish_words").iterdir()
        if entry.name.endswith(".toml")
    ]
    ordered = sorted(found, key=lambda entry: (entry.name != "en.toml", entry.name))
    return tuple(_read_language(tomllib.loads(entry.read_text(encoding="utf-8"))) for entry in ordered)


def _sentence(text: str) -> _Sentence:
    """A sentence with the languages that have words of their own in it: the others cannot say anything."""
    words = fold_words(text)
    english, *others = _languages()
    present = set(words.split()) - english.vocabulary
    spoken = (english, *(language for language in others if present & language.vocabulary))
    return _Sentence(words, text.rstrip().endswith("?"), spoken)


def _read_language(table: dict[str, dict[str, str | list[str]]]) -> _Language:
    sets = {name: str(words) for name, words in table["sets"].items()}
    wishes = table["wishes"]
    phrases = {wish: [str(phrase) for phrase in said] for wish, said in wishes.items()}
    return _Language(
        patterns=_Patterns(phrases | {"plural": [sets.get("many", sets["people"])]}, sets),
        vocabulary=frozenset(re.findall(r"[^\W\d_]{3,}", fold_words(str(table)))),
        yes=frozenset(fold_words(word).strip() for word in wishes["yes"]),
        no=frozenset(fold_words(word).strip() for word in wishes["no"]),
    )


def read_wishes(spoken: Spoken, file_names: Sequence[str] = ()) -> Wishes:
    """What the sender asks for beyond the notices, by the preferred reading.

    `file_names` are the names of the attachments. A check without creating is believed from any reading:
    accounts once made cannot be unmade quietly. Quotes, signatures and forwarded words ask for nothing.
    """
    preferred = spoken.readings[0] if spoken.readings else ()
    sentences = _sentences_of(preferred)
    others = [sentence for reading in spoken.readings[1:] for sentence in _sentences_of(reading)]
    subject = _sentences_of(segment for segment in preferred if segment.kind is SegmentKind.SUBJECT)
    dry_run = _wants_dry_run(sentences) or _wants_dry_run(others)
    upload = _wants_upload(sentences, subject)
    single = _names_one_learner(preferred, sentences, upload)
    return Wishes(
        upload=upload or single,
        dry_run=dry_run,
        go_ahead=not dry_run and any(_asks(sentence, "go_ahead") for sentence in sentences),
        courses=any(_asks(sentence, "courses", "not_courses") for sentence in sentences),
        template=_wants_template(sentences, file_names),
        single_learner=single,
        cloud_link=_find_cloud_link(preferred),
        undo=any(_asks(sentence, "undo", "not_undo") for sentence in (*sentences, *others)),
    )


def _sentences_of(segments: Sequence[Segment] | Iterator[Segment]) -> list[_Sentence]:
    """The sender's own sentences; a form line speaks by its label if it is ticked."""
    sentences: list[_Sentence] = []
    for segment in segments:
        if segment.kind is SegmentKind.FORWARDED:
            continue
        text = segment.text
        if len(text) > _READ_HEAD + _READ_TAIL:
            text = f"{text[:_READ_HEAD]}\n{text[-_READ_TAIL:]}"
        if segment.kind is SegmentKind.FORM:
            sentences += _form_sentence(segment.question, text)
            continue
        sentences += [_sentence(_LINK.sub(" ", one)) for one in split_sentences(text)]
    return sentences


def _form_sentence(label: str, value: str) -> list[_Sentence]:
    """`Dry run: yes` says "dry run"; `Courses: none` and a blank value say nothing."""
    bare = fold_words(value).strip()
    if not bare or any(bare in language.no for language in _languages()):
        return []
    if any(bare in language.yes for language in _languages()):
        return [_sentence(label)]
    return [_sentence(f"{label} {value}"[:400])]


def _asks(sentence: _Sentence, kind: str, unless: str = "") -> bool:
    """Whether a sentence says it in any language, not negated and not as its exception."""
    return any(_says(sentence.words, language, kind, unless) for language in sentence.languages)


def _says(words: str, language: _Language, kind: str, unless: str = "") -> bool:
    said = any(
        not _is_negated(words, found, language, kind) for found in language.patterns[kind].finditer(words)
    )
    return said and not (unless and language.patterns[unless].search(words))


def _is_negated(words: str, found: re.Match[str], language: _Language, kind: str) -> bool:
    """A negation within four words before it, not beyond a comma; for most wishes also within it."""
    before = words[: found.start()].rsplit(",", 1)[-1].split()[-4:]
    if language.patterns["negation"].search(f" {' '.join(before)} "):
        return True
    return kind not in {"dry_run", "check", "undo"} and bool(
        language.patterns["negation"].search(f" {found.group()} ")
    )


def _wants_dry_run(sentences: Sequence[_Sentence]) -> bool:
    """Said outright, or a check asked for where nothing is asked to be created."""
    if any(_asks(sentence, "dry_run", "not_dry_run") for sentence in sentences):
        return not any(_asks(sentence, "not_check") and _asks(sentence, "create") for sentence in sentences)
    checked = any(_asks(sentence, "check", "not_check") for sentence in sentences)
    return checked and not any(
        _asks(sentence, "create") or _asks(sentence, "go_ahead") for sentence in sentences
    )


def _wants_upload(sentences: Sequence[_Sentence], subject: Sequence[_Sentence]) -> bool:
    """A request in a sentence, or a subject that names learners over a body that points to a list."""
    if any(_requests_upload(sentence) for sentence in sentences):
        return True
    named = any(_asks(sentence, "subject") and not _is_trouble(sentence) for sentence in subject)
    body = [sentence for sentence in sentences if sentence not in subject]
    if not named or any(_is_trouble(sentence) or _is_question(sentence) for sentence in body):
        return False
    length = sum(len(sentence.words.split()) for sentence in body)
    return length <= _SHORT_BODY or any(_asks(sentence, "attached") for sentence in body)


def _requests_upload(sentence: _Sentence) -> bool:
    if not _asks(sentence, "upload") or _asks(sentence, "undo", "not_undo"):
        return False
    return not _is_trouble(sentence) and not _is_question(sentence)


def _is_trouble(sentence: _Sentence) -> bool:
    return any(language.patterns["trouble"].search(sentence.words) for language in sentence.languages)


def _is_question(sentence: _Sentence) -> bool:
    """Asked how, when or whether; "can you …?" asks for the thing itself."""
    start = " ".join(sentence.words.split()[:6])
    for language in sentence.languages:
        found = language.patterns["question"].search(f" {start} ")
        if sentence.asks and found and found.start() <= _SHORT_BODY:
            return True
    return False


def _wants_template(sentences: Sequence[_Sentence], file_names: Sequence[str]) -> bool:
    if any(_SHEET_NAME.search(name) for name in file_names):
        return False
    return any(_asks(sentence, "template", "not_template") for sentence in sentences)


def _names_one_learner(segments: Sequence[Segment], sentences: Sequence[_Sentence], upload: bool) -> bool:
    """One learner asked for in the singular, or one address beside a request that names no plural."""
    plural = any(
        language.patterns["plural"].search(sentence.words)
        for sentence in sentences
        for language in sentence.languages
    )
    singular = [
        sentence for sentence in sentences if _asks(sentence, "single") and not _is_question(sentence)
    ]
    if any(not _is_trouble(sentence) for sentence in singular) and (upload or not plural):
        return any(_asks(sentence, "create") or _asks(sentence, "upload") for sentence in sentences)
    addresses = {
        found.lower() for segment in segments for found in _ADDRESS.findall(segment.text[:_READ_HEAD])
    }
    return upload and not plural and len(addresses) == 1


def _find_cloud_link(segments: Sequence[Segment]) -> str:
    """The first link to a file in a cloud drive, as written; scanners' wrapped links are looked into."""
    for segment in segments:
        if segment.kind is SegmentKind.FORWARDED:
            continue
        for link in _LINK.findall(segment.text[: _READ_HEAD + _READ_TAIL]):
            if _CLOUD.search(unquote(link)):
                return str(link).rstrip(".,;:!?")
    return ""
