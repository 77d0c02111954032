"""What a column really holds, counted over a sample of rows; headings alone are never believed."""

from collections.abc import Sequence
from dataclasses import dataclass

from bot.sheet.cells import is_number_like
from bot.sheet.emails import holds_address, read_email
from bot.sheet.vocabulary import normal

_YES_NO = frozenset(
    {
        "y",
        "n",
        "yes",
        "no",
        "true",
        "false",
        "x",
        "v",
        "ok",
        "0",
        "1",
        "j",
        "o",
        "s",
        "ja",
        "nein",
        "nee",
        "oui",
    }
    | {"non", "si", "sim", "nao", "sent", "not sent", "done", "pending"}
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Column:
    """One column's sample. `addresses` are by row of the sample; `words` counts cells of plain words."""

    index: int
    texts: tuple[str, ...]
    addresses: dict[int, str]
    filled: int
    words: int
    yes_no: int

    @property
    def is_yes_no(self) -> bool:
        """Whether it answers a question rather than names an address."""
        return self.filled > 0 and self.yes_no == self.filled and not self.addresses

    @property
    def repeats(self) -> bool:
        """Whether the same few addresses come again and again, as a manager's or a sender's do."""
        count, distinct = len(self.addresses), len(set(self.addresses.values()))
        return (count >= 2 and distinct == 1) or (count >= 3 and distinct * 2 <= count)

    @property
    def is_wordy(self) -> bool:
        """Whether most of what it holds could be names."""
        return self.filled > 0 and self.words >= 0.6 * self.filled

    @property
    def multi_word_share(self) -> float:
        """How many of the filled cells hold more than one word."""
        filled = [text for text in self.texts if text]
        return sum(len(text.split()) > 1 for text in filled) / len(filled) if filled else 0.0


def profile_columns(sample: Sequence[Sequence[str]], width: int) -> list[Column]:
    """Count every column of the sample; short rows count as blank on their right."""
    return [
        _profile(index, tuple(row[index] if index < len(row) else "" for row in sample))
        for index in range(width)
    ]


def _profile(index: int, texts: tuple[str, ...]) -> Column:
    filled = [text for text in texts if text]
    return Column(
        index=index,
        texts=texts,
        addresses={
            number: read_email(text).address
            for number, text in enumerate(texts)
            if text and holds_address(text)
        },
        filled=len(filled),
        words=sum(_is_words(text) for text in filled),
        yes_no=sum(normal(text) in _YES_NO or text in {"✓", "✔", "✗", "☐", "☑"} for text in filled),
    )


def _is_words(text: str) -> bool:
    return (
        len(text) <= 100
        and "@" not in text
        and not is_number_like(text)
        and any(char.isalpha() for char in text)
    )
