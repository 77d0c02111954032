"""Rows that are no learner's: what each of them is instead, or that it is a learner's after all."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from bot.sheet.cells import is_number_like
from bot.sheet.columns import Columns
from bot.sheet.headings import Field, Heading, read_heading
from bot.sheet.vocabulary import Vocabulary, normal

_MARKED = re.compile(r"^[(\[*<←=–—\s-]*(?:%s)(?=$|[\s:)\]*>,-])")
_SENTENCE_WORDS = 5
_TARGETS = frozenset({Field.FIRST, Field.LAST, Field.FULL, Field.NAME, Field.LAST_FIRST, Field.EMAIL})
_LABEL = re.compile(r".{1,40}[:：]$", re.DOTALL)


@dataclass(kw_only=True, slots=True)
class Surroundings:
    """Where in the list the row stands: rows since the header, blank rows above it, after the last
    address of the sheet, after a sign-off, right below a line that only announces an example."""

    since_header: int = 0
    gap: int = 0
    after_last: bool = False
    signed_off: bool = False
    announced: bool = False


def example_marker(words: Vocabulary) -> re.Pattern[str]:
    """The pattern of a cell that marks its row as an example: 'e.g. Jane', '(Beispiel)', 'Example:'."""
    starts = sorted((re.escape(word) for word in words.examples), key=len, reverse=True)
    return re.compile(_MARKED.pattern % "|".join(starts), re.IGNORECASE)


def skip_kind(
    texts: Sequence[str],
    columns: Columns,
    headings: Sequence[Heading],
    where: Surroundings,
    words: Vocabulary,
    marker: re.Pattern[str],
) -> str | None:
    """What the row is if it is no learner's (`values.sheet.SkippedRow.kind`); None for a learner's."""
    filled = [index for index, text in enumerate(texts) if text]
    if not filled:
        return "blank"
    email = texts[columns.email]
    names = [index for index in (columns.first, columns.last, columns.full) if index is not None]
    announced, where.announced = where.announced and not where.gap, False
    if announced or is_example(texts, columns, where, marker):
        where.announced = not announced and len(filled) == 1
        return "example"
    if "@" in email:
        return "note" if _labels_address(texts, names, words) else None
    if _repeats_header(texts, columns, where):
        return "header"
    if not any(char.isalnum() for index in filled for char in texts[index]):
        return "note"  # a line drawn with dashes
    if all(is_number_like(texts[index]) for index in filled):
        return "number"
    if _is_total(texts, filled, columns, words):
        return "total"
    if where.since_header <= 3 and _is_instruction(texts, columns, names, words):
        return "instruction"
    if not email and not any(texts[index] for index in names):
        return "section" if len(filled) == 1 else "note"
    spoken = [index for index in filled if not is_number_like(texts[index])]
    if len(spoken) == 1:
        return _lone_cell(texts, spoken[0], columns, headings, where, words)
    if _is_label_row(texts, spoken, email, where, words):
        return "note"
    return None


def is_example(texts: Sequence[str], columns: Columns, where: Surroundings, marker: re.Pattern[str]) -> bool:
    """Marked as an example in any cell; a name that merely begins like 'Example' is a name."""
    targets = {columns.email, columns.first, columns.last, columns.full}
    for index, text in enumerate(texts):
        found = marker.match(text) if text else None
        if found is None:
            continue
        whole = normal(found.group()) == normal(text)
        following = text[found.end() :][:1]
        alone = sum(bool(cell) for cell in texts) == 1 and where.since_header <= 5
        # 'Sample, Ann' is a name where both names stand in one cell.
        framed = (
            text[0] in "([*<←=–—-" or following in {":", "-"} or (following == "," and index != columns.full)
        )
        marked = framed or not found.group().strip()[-1:].isalpha()
        if marked or alone or (index not in targets and (whole or where.since_header <= 5)):
            return True
    return False


def _labels_address(texts: Sequence[str], names: Sequence[int], words: Vocabulary) -> bool:
    """'Contact:' before an address, or 'Submitted by' and nothing else that could be a name."""
    told = [texts[index] for index in names if texts[index]]
    if any(_LABEL.fullmatch(text) for text in told):
        return True
    if len(told) != 1 or not texts[min(names)] or sum(map(bool, texts)) > 2:
        return False  # a label stands on the left and alone; 'Page' elsewhere is a surname
    return ":" in told[0] or (normal(told[0]) in words.notes and len(told[0]) > 2)


def _repeats_header(texts: Sequence[str], columns: Columns, where: Surroundings) -> bool:
    """Two or more headings in the row, or the one of a list that has one column; never beside an address."""
    told = [read_heading(text) for text in texts if text]
    hits = [heading.field for heading in told if heading.field in _TARGETS and heading.exact]
    if read_heading(texts[columns.email]).field is Field.EMAIL:
        return len(hits) >= 2 or (len(hits) == 1 and len(told) == 1)
    if texts[columns.email]:
        return len(hits) >= 2 and (Field.EMAIL in hits or where.since_header == 1)
    return len(hits) >= 2 and len(hits) * 2 >= len(told)


def _is_total(texts: Sequence[str], filled: Sequence[int], columns: Columns, words: Vocabulary) -> bool:
    for index in filled[:2]:
        plain = normal(texts[index])
        found = next((word for word in words.totals if plain == word or plain.startswith(f"{word} ")), None)
        if found is None:
            continue
        others = [texts[other] for other in filled if other != index]
        if index != filled[0] and not any(is_number_like(other) for other in others):
            continue  # 'Guy | Count' is a person
        rest = plain.removeprefix(found).split()
        named = columns.first is not None and index == columns.first and plain == found
        if all(is_number_like(other) for other in others):
            return not rest or ":" in texts[index] or len(rest) <= 3
        return not named or len(others) != 1 or not others[0][:1].isupper()
    return False


def _is_instruction(texts: Sequence[str], columns: Columns, names: Sequence[int], words: Vocabulary) -> bool:
    """A row under the header that says how to fill it in: 'Enter first name | … | (required)'."""
    cells = [texts[index] for index in (*names, columns.email) if texts[index]]
    if not cells:
        return False
    if len(cells) > 1 and all(cell[0] in "([" and cell[-1] in ")]" for cell in cells):
        return True  # '(as on ID)': remarks on the headings, in brackets from end to end
    told = [_instructs(cell, words) for cell in cells]
    headings = [read_heading(cell) for cell in cells]
    return any(told) and all(
        instructs or (heading.exact and heading.field in _TARGETS)
        for instructs, heading in zip(told, headings, strict=True)
    )


def _instructs(cell: str, words: Vocabulary) -> bool:
    tokens = normal(cell).split()
    if any(token in words.instructions for token in tokens):
        return True
    padded = f" {' '.join(tokens)} "
    return any(" " in phrase and f" {phrase} " in padded for phrase in words.instructions)


def _lone_cell(
    texts: Sequence[str],
    index: int,
    columns: Columns,
    headings: Sequence[Heading],
    where: Surroundings,
    words: Vocabulary,
) -> str | None:
    """A row with words in one cell only: mostly a section's name or a note, at times half a learner."""
    text = texts[index]
    plain = normal(text)
    if plain in words.signoffs or any(
        plain.startswith(f"{phrase} ") for phrase in words.signoffs if " " in phrase
    ):
        where.signed_off = True
        return "sign-off"
    if _reads_as_note(text, plain, words) or where.signed_off:
        return "note"
    alone = all(not texts[other] for other in range(len(texts)) if other != index)
    leftmost = _leftmost(columns, headings)
    if not alone:
        return None  # a number beside it: somebody meant a row here
    is_section = _names_section(text, plain, words)
    if index == columns.email and not (is_section and index == leftmost):
        return None
    if is_section or any(char.isdigit() for char in text):
        return "section"
    if index == columns.full:
        like_name = 2 <= len(text.split()) <= _SENTENCE_WORDS or "," in text
        return None if like_name and not (where.gap and where.after_last) else "section"
    if index in {columns.first, columns.last} and index != leftmost:
        return None
    return "note" if where.after_last and where.gap else "section"


def _names_section(text: str, plain: str, words: Vocabulary) -> bool:
    """A word of sections among others; in 'Ann West' and 'West, Ann' it is a surname."""
    tokens = plain.split()
    known = [token in words.sections for token in tokens]
    surname = normal(text.partition(",")[0]) if "," in text else tokens[-1] if len(tokens) > 1 else ""
    if sum(known) == 1 and surname in words.surnames:
        return False
    return any(known) or any(phrase in plain for phrase in words.sections if " " in phrase)


def _leftmost(columns: Columns, headings: Sequence[Heading]) -> int:
    """The first column of the table: where section names are written."""
    named = [index for index, heading in enumerate(headings) if heading.field is not Field.UNKNOWN]
    targets = [
        index for index in (columns.email, columns.first, columns.last, columns.full) if index is not None
    ]
    return min([*named, *targets])


def _reads_as_note(text: str, plain: str, words: Vocabulary) -> bool:
    tokens = plain.split()
    tokens = tokens[1:] if tokens and tokens[0] in words.titles else tokens
    ends = text.endswith((".", "!", "?", ":", "…")) and len(tokens) > 2
    starts = any(plain == note or plain.startswith(f"{note} ") for note in words.notes if len(note) > 3)
    return (
        len(tokens) >= _SENTENCE_WORDS
        or ends
        or text.startswith(("*", "#", "--", "=="))
        or (starts and (":" in text or len(tokens) > 2 or plain in words.notes))
    )


def _is_label_row(
    texts: Sequence[str], spoken: Sequence[int], email: str, where: Surroundings, words: Vocabulary
) -> bool:
    """'Submitted by: | Dana Smith': a label and what belongs to it, no learner."""
    first = texts[spoken[0]]
    if _LABEL.fullmatch(first):
        return not email or len(spoken) <= 2
    if email:
        return False
    plain = normal(first)
    label = plain in words.notes and (" " in plain or where.after_last)
    return label or where.signed_off or (len(first.split()) > _SENTENCE_WORDS and len(spoken) <= 2)
