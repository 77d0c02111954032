"""Takes off legal disclaimers and external-mail banners, by the sentence where they share a paragraph."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from bot.mail.frame_words import LOOKED_AT, frame_words
from bot.mail.lines import Line

_SENTENCE = re.compile(r"(?<=[.!?:])\s+")
_TAG = re.compile(r"\s*[\[(*]{1,3}\s*([^\])*]{1,40}?)\s*[\])*]{1,3}[\s:-]*")
_SHORT = 56
_LEGAL_LENGTH = 60


def drop_banners(lines: Sequence[Line]) -> list[Line]:
    """Without `CAUTION: This email originated from outside …` and `[EXTERNAL]`."""
    words = frame_words()
    kept: list[Line] = []
    for unit in units(lines):
        text = joined(unit)[:LOOKED_AT]
        if words.banner_tag.fullmatch(text.lower()):
            continue
        if words.banner.search(text.lower()) or words.banner_said.search(text.lower()):
            kept += _without_banner(unit)
        else:
            kept += [_untagged(unit[0]), *unit[1:]]
    return kept


def _untagged(line: Line) -> Line:
    text = strip_banner_tag(line.text)
    return line if text == line.text else replace(line, text=text)


def strip_banner_tag(text: str) -> str:
    """A subject or a line without the `[EXTERNAL]` that the receiving side put before it."""
    found = _TAG.match(text)
    if found and frame_words().banner_tag.fullmatch(found.group(1).lower()):
        return text[found.end() :]
    return text


def _without_banner(unit: list[Line]) -> list[Line]:
    """What a paragraph holds besides the banner's sentences, as one line."""
    words = frame_words()
    kept: list[str] = []
    sentences = _SENTENCE.split(joined(unit))
    for sentence in sentences:
        lowered = sentence.lower()
        warned = len(lowered.split()) <= 3 and (lowered.endswith(":") or words.banner_tag.fullmatch(lowered))
        if not _warns(lowered) and not (warned and not kept):
            kept.append(sentence)
    if kept == sentences:
        return unit
    rest = " ".join(kept).strip(" -*_[]|<>")
    return [replace(unit[0], text=rest)] if rest else []


def _warns(sentence: str) -> bool:
    """Is a lower-cased sentence a banner's? `They never get external mail` is one of the sender's."""
    words = frame_words()
    said = words.banner_said.search(sentence) and not words.banner_own.search(sentence)
    return bool(words.banner.search(sentence) or said)


def drop_disclaimers(lines: Sequence[Line], *, spoken: bool) -> list[Line]:
    """Without the lawyers' paragraphs and all that follows them, save an afterthought."""
    words = frame_words()
    kept: list[Line] = []
    closed = False
    for unit in units(lines):
        text = joined(unit)[:LOOKED_AT].lower()
        if not text or any(line.pairs for line in unit):
            kept += unit
        elif _is_legal(text) or (closed and words.disclaimer_weak.search(text)):
            said = spoken or any(line.text.strip() for line in kept)
            beside = [] if closed else _words_beside(unit, said=said)
            kept += beside
            closed = said and not beside
        elif not closed or words.afterthought.match(text) or words.afterthought_soft.match(text):
            kept += unit
            closed = False
    return kept


def _is_legal(text: str) -> bool:
    """Whether a lower-cased paragraph speaks like a disclaimer."""
    words = frame_words()
    started = words.disclaimer_start.match(text.strip(" *_[("))
    if words.disclaimer.search(text) or len(set(words.disclaimer_weak.findall(text))) > 1:
        return True
    return bool(started) and (":" in text[:40] or len(text.split()) <= 3)


def _words_beside(unit: list[Line], *, said: bool) -> list[Line]:
    """What is left of a paragraph in which one sentence sounds legal and others do not, as one line.

    Where the sender has `said` something before, a paragraph that begins legally is legal to its end.
    """
    words = frame_words()
    text = joined(unit)
    lowered = text.lower()
    if words.disclaimer_start.match(lowered.strip(" *_[(")) or len(lowered.split()) > _LEGAL_LENGTH:
        return []
    if len(set(words.disclaimer.findall(lowered))) > 1:
        return []
    sentences = _SENTENCE.split(text)
    if said and words.disclaimer.search(sentences[0].lower()):
        return []
    kept = [sentence for sentence in sentences if not words.disclaimer.search(sentence.lower())]
    return [replace(unit[0], text=" ".join(kept))] if kept else []


def joined(unit: Sequence[Line]) -> str:
    return " ".join(line.text.strip() for line in unit).strip()


def units(lines: Sequence[Line]) -> Iterator[list[Line]]:
    """Paragraphs, and within them runs of wrapped lines: a short line ends one, as does a blank line."""
    unit: list[Line] = []
    for line in lines:
        text = line.text.strip()
        if not text:
            if unit:
                yield unit
            yield [line]
            unit = []
            continue
        if unit and (_ends_unit(unit[-1].text.strip(), text) or line.pairs):
            yield unit
            unit = []
        unit.append(line)
    if unit:
        yield unit


def _ends_unit(before: str, text: str) -> bool:
    """Whether the line before was not wrapped: it was short, and the next does not go on in lower case."""
    if len(before) > 120:
        return True
    return len(before) < _SHORT and not (text[:1].islower() and not before.endswith((".", "!", "?")))
