"""Reads questions and answers that begin with a letter or a word: `Q: …`, `A: …`."""

import re
from collections.abc import Sequence

from bot.mail.lines import Line

_ANSWER_LETTER = re.compile(
    r"\s*(?:a|ans|answer|antwort|réponse|respuesta|risposta|antwoord|resposta)\s?[:.)]\s*(.*)", re.IGNORECASE
)
_QUESTION_LETTER = re.compile(
    r"\s*(?:q|question|frage|pregunta|domanda|vraag|pergunta)\s?\d{0,2}\s?[:.)]\s*(.+)", re.IGNORECASE
)


def lettered_entry(lines: Sequence[Line], at: int) -> tuple[str, str, int] | None:
    """`Q: …` and under it `A: …`: what is asked, the answer, and how many lines both take."""
    asked = _QUESTION_LETTER.match(lines[at].text)
    if not asked or at + 1 >= len(lines):
        return None
    following = at + 1 if lines[at + 1].text.strip() else at + 2
    answered = _ANSWER_LETTER.match(lines[following].text) if following < len(lines) else None
    if not answered:
        return None
    said, last = answered.group(1), following
    below = next(
        (place for place in range(last + 1, min(last + 3, len(lines))) if lines[place].text.strip()), 0
    )
    if not said.strip() and below and not _QUESTION_LETTER.match(lines[below].text):
        said, last = lines[below].text, below  # `A:` above its answer
    return asked.group(1), said, last - at + 1
