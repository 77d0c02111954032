"""Joins the lines that a mail program wrapped, so that a sentence is one line again."""

import re
from collections.abc import Sequence

# No mail program wraps a line as short as this: who types `Seven` and below it `no` means two answers.
_SHORTEST_WRAPPED = 20
# What may stand before the number of a question or an answer.
ITEM_NAMES = (
    "q|a|qu|re|to|ad|zu|à|al|op|no|nr|point|question|answer|frage|antwort|question n°|réponse|pregunta"
    "|respuesta|domanda|risposta|vraag|antwoord|pergunta|resposta"
)
# `- `, `2. `, `b) `, `Q2:` and `ad 2 -` begin an item.
_ITEM = re.compile(
    rf"[-*•·>]\s|\(?[a-h][.)]\s|(?:(?:{ITEM_NAMES})\s?)?[#(]?\d{{1,2}}\s?[.:)\]=–-]{{1,2}}\s", re.IGNORECASE
)


def unwrap(lines: Sequence[str]) -> str:
    """The lines as text in which a sentence wrapped by a mail program is one line again."""
    width = min(max((len(line) for line in lines), default=0), 100)
    out: list[str] = []
    for line in lines:
        text = line.strip()
        if out and out[-1] and text and _goes_on(out[-1], text, width):
            out[-1] = f"{out[-1]} {text}"
        else:
            out.append(text)
    return re.sub(r"\n{3,}", "\n\n", "\n".join(out)).strip()


def _goes_on(before: str, text: str, width: int) -> bool:
    """Whether a line is the wrapped rest of the one before."""
    if _ITEM.match(text):
        return False
    last = len(before) - before.rfind("\n") - 1
    if text[0].islower() and last >= _SHORTEST_WRAPPED and not before.endswith((".", "!", "?", ":")):
        return True
    first_word = text.split(maxsplit=1)[0]
    return width >= 60 and last % (width + 1) + len(first_word) + 1 > width
