"""Second stage of the preference: a segment's text cut into sentences, and these into tagged clauses."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache

from bot.request.senses import sorted_out
from bot.request.spelling import DATE, clean
from bot.request.vocabulary import LANGUAGES, Hit, lexicon, small, weights_of

# Beyond these the middle is left out: nobody says it there, and the time stays bounded.
HEAD, TAIL, LONGEST_LINE = 16_000, 6_000, 4_000
LONGEST_RUN, LONGEST_NAME, WRAPPED_FROM = 120, 3, 50
# More than a mail has; what they hold is small.
SENTENCES_KEPT = 256
LINKS = {"because", "so_", "and_", "or_", "but_", "when_", "instead_", "cond"}
VERBS = {"notify", "tell", "send", "get", "want", "skip", "fine", "bad", "quiet", "lost"}
FRAGMENT_MARKS = set(",;:()[]{}–—-|/…*•·>→=+#_~")

_WORD = re.compile(r"[^\W\d_]+")
_BLANKS = re.compile(r"[^\S\n]{20,}")
_BULLET = re.compile(r"^\s*(?:[-*•·–>+]|\(?\d{1,2}[.)]|[a-z][.)])\s+")
_END = re.compile(r"(?<=[.!?…])[\"”')\]]*\s+|(?<=[^\W\d_]{2}[.])(?=[A-ZÀ-Ý])")
_ABBREVIATION = re.compile(
    r"(?:\b(?:e\.g|i\.e|z\.b|bzw|ca|evtl|ggf|mr|mrs|ms|dr|dra|prof|no|nr|approx|incl|inkl|sr|sra|p\.ej|etc|usw|asap|w\.c|bv|resp|d\.h|u\.a|p\.ex|a\.u\.b|s\.v\.p|vs)\.|\b[a-z]\.)$",
    re.I,
)
_GREETING = re.compile(
    r"^\W*(?:hi|hello|hey|dear|hallo|bonjour|hola|ciao|beste|guten \w+|good \w+)\b[^,.!:]{0,30}[,!:]\s*$",
    re.I,
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Clause:
    """A piece of a sentence with what its words mean.

    `link` is the tag of the joining word before it ('' where a sentence or punctuation begins it).
    """

    words: tuple[str, ...]
    link: str
    language: str
    meaning: tuple[Hit, ...]
    frame: tuple[Hit, ...]
    replies: tuple[Hit, ...]
    tags: frozenset[str] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "tags", frozenset(hit.tag for hit in (*self.meaning, *self.frame)))

    def has(self, *tags: str) -> bool:
        """Is one of these meanings or frames in it?"""
        return not self.tags.isdisjoint(tags)

    def hits(self, *tags: str) -> list[Hit]:
        """The hits of these tags, in order."""
        if self.tags.isdisjoint(tags):
            return []
        return [hit for hit in self.hits_in_order() if hit.tag in tags]

    def said(self, hit: Hit) -> str:
        """The words of a hit."""
        return " ".join(self.words[hit.first : hit.last + 1])

    def __str__(self) -> str:
        return f"[{self.link}] {' '.join(self.words)} <{' '.join(hit.tag for hit in self.hits_in_order())}>"

    def hits_in_order(self) -> list[Hit]:
        """Every hit of the meaning and the frame, as they stand."""
        return sorted((*self.meaning, *self.frame), key=lambda hit: (hit.first, hit.last))


@dataclass(frozen=True, kw_only=True, slots=True)
class Sentence:
    """One sentence, verbatim, with its clauses."""

    text: str
    language: str
    asks: bool
    clauses: tuple[Clause, ...]

    @property
    def words(self) -> tuple[str, ...]:
        """All its words, in small letters."""
        return tuple(word.casefold() for clause in self.clauses for word in clause.words)


def read_sentences(text: str, prior: str) -> list[Sentence]:
    """The sentences of a text, each read in its language; `prior` is the language of the whole mail."""
    pieces = split_sentences(text)
    return [
        _sentence(piece, prior, alone=len(pieces) == 1)
        for at, piece in enumerate(pieces)
        if not _is_initial(pieces, at)
    ]


def clauses_of(text: str, language: str) -> list[Clause]:
    """The clauses of all sentences of a text, in order."""
    return [clause for sentence in read_sentences(text, language) for clause in sentence.clauses]


def _is_initial(pieces: list[str], at: int) -> bool:
    """One letter on a line of its own signs a mail; alone, or above no more than a name, it is a `y`."""
    letter = pieces[at].strip(" .,-").casefold()
    if len(pieces) == 1 or len(letter) != 1 or not letter.isalpha():
        return False
    name = pieces[1].split()
    named = len(name) <= LONGEST_NAME and all(word[0].isupper() for word in name)
    answers = letter in small("letters") and pieces[at][1:] in {"", "!"} and pieces[1][0].casefold() != letter
    return at > 0 or len(pieces) > 2 or not named or not answers


def within_bounds(text: str) -> str:
    """Head and tail of a text that is too long for anybody to have written; blanks and lines in measure."""
    if len(text) > HEAD + TAIL:
        text = f"{text[:HEAD]}\n\n{text[-TAIL:]}"
    return "\n".join(_BLANKS.sub(" ", line)[:LONGEST_LINE] for line in text.splitlines())


def split_sentences(text: str) -> list[str]:
    """Sentences, verbatim but for wrapped lines joined; bullets and short lines stand alone."""
    sentences: list[str] = []
    for block in _blocks(text):
        start = 0
        for end in _END.finditer(block):
            shortened = _ABBREVIATION.search(block, max(0, end.start() - 12), end.start())
            if shortened or DATE.match(block, end.start() - 1):
                continue
            sentences.append(block[start : end.end()].strip())
            start = end.end()
        sentences.append(block[start:].strip())
    return [sentence for sentence in sentences if sentence]


def language_of(text: str) -> str:
    """The language whose small and listed words stand most in the text; English when in doubt."""
    counts = _counts(text[:HEAD])
    best = max(LANGUAGES, key=lambda language: counts[language])
    return best if counts[best] > counts["en"] else "en"


def _counts(text: str) -> dict[str, float]:
    words = [word.casefold() for word in _WORD.findall(clean(text))][:400]
    weights = map(sum, zip(*map(weights_of, words), strict=True)) if words else [0.0] * len(LANGUAGES)
    return dict(zip(LANGUAGES, weights, strict=True))


def _blocks(text: str) -> Iterator[str]:
    """Lines, those that a mail program wrapped joined again."""
    block, last = "", 0
    for line in text.splitlines():
        stripped = line.strip()
        bullet = _BULLET.match(line)
        if block and stripped and not bullet and _goes_on(block, last, stripped):
            block += " " + stripped
        else:
            if block:
                yield block
            block = _BULLET.sub("", line).strip()
        last = len(stripped)
    if block:
        yield block


def _goes_on(block: str, last: int, line: str) -> bool:
    if not last or _GREETING.match(block):
        return False
    if block[-1] in ".!?:…":
        return block[-1] in ".!?" and last >= WRAPPED_FROM
    if block[-1] in ",;(&-" and last >= 20:
        return True
    return last >= WRAPPED_FROM + 10 or (last >= WRAPPED_FROM - 20 and line[0].islower())


@lru_cache(maxsize=SENTENCES_KEPT)
def _sentence(text: str, prior: str, *, alone: bool) -> Sentence:
    """One sentence; the same one is asked for by several steps, and by each rendering of a mail."""
    cleaned = clean(text)
    if cleaned.isupper():
        cleaned = cleaned.lower()
    language = _language_here(cleaned, prior)
    clauses: list[Clause] = []
    for chunk in _chunks(lexicon(language).words_of(cleaned)):
        governed = clauses and _governs(clauses[-1], chunk, language)
        clauses += _clauses([*clauses.pop().words, *chunk] if governed else chunk, language)
    if (
        alone
        and len(clauses) == 1
        and len(clauses[0].words) <= 3
        and not clauses[0].replies
        and not clauses[0].meaning
    ):
        clauses, language = _in_any_language(clauses, language)
    # `what email`, typed on a phone.
    words = clauses[0].words if clauses else ()
    asks = "?" in text[-4:] or (alone and 1 < len(words) <= 3 and words[0].casefold() in small("whats"))
    return Sentence(text=text, language=language, asks=asks, clauses=tuple(clauses))


def _in_any_language(clauses: list[Clause], language: str) -> tuple[list[Clause], str]:
    """A bare word that is no reply in the mail's language may be one in another: `Ja`, `certo`."""
    for other in LANGUAGES:
        clause = _clause(list(clauses[0].words), "", other)
        if clause.replies and clause.replies[0].first == 0:
            return [clause], other
    return clauses, language


def _language_here(text: str, prior: str) -> str:
    counts = _counts(text[:1000])
    best = max(counts, key=lambda language: counts[language])
    return best if counts[best] >= max(counts[prior] + 1, 2 * counts[prior]) else prior


def _chunks(words: list[str]) -> Iterator[list[str]]:
    """Runs of words between marks; one that nobody would say in a breath is cut, as its clauses are tried."""
    chunk: list[str] = []
    for word in words:
        mark = word in FRAGMENT_MARKS or word in ".!?"
        if chunk and (mark or len(chunk) == LONGEST_RUN):
            yield chunk
            chunk = []
        if not mark and (word[0].isalnum() or ord(word[0]) > 0x2000):
            chunk.append(word)
    if chunk:
        yield chunk


def _clauses(words: list[str], language: str) -> list[Clause]:
    """A run of words cut at its joining words, where each side says something of its own."""
    whole = _clause(words, "", language)
    pieces = [whole]
    for hit in whole.frame:
        if hit.tag not in LINKS:
            continue
        done = len(words) - len(pieces[-1].words)
        if hit.first <= done and done:
            continue
        before, after = words[done : hit.first], words[hit.first :]
        if not before:
            pieces[-1] = _clause(after, hit.tag, language)
            continue
        left = _clause(before, pieces[-1].link, language)
        right = _clause(after, hit.tag, language)
        if hit.tag in {"and_", "or_", "so_"} and not (_says(right) and (hit.tag == "so_" or _says(left))):
            continue
        if hit.tag in {"and_", "or_"} and not (
            right.has(*VERBS, "selftell", "ask", "neg", "negword") or right.replies
        ):
            continue
        if hit.tag in {"cond", "when_"} and _weighs(left):
            continue
        pieces[-1:] = [left, right]
    return pieces


def _says(clause: Clause) -> bool:
    return clause.has(
        *VERBS, "mail", "self", "selftell", "history", "ask", "undecided", "delegate", "neg", "negword"
    ) or bool(clause.replies)


def _governs(before: Clause, chunk: list[str], language: str) -> bool:
    """`we would avoid, that …`, `it would be good, if …`, `do it so, as …`: one clause despite the comma."""
    if before.has("skip") and not before.has("mail", "weak", "notify", "send", "get"):
        begun = lexicon(language).find("frame", chunk[:1])
        infinitive = bool(small("infinitive") & {word.casefold() for word in chunk[1:]})
        return any(hit.tag == "that_" for hit in begun) or (language in {"de", "nl"} and infinitive)
    if before.words[-1].casefold() in small("thus") and chunk[0].casefold() in small("as"):
        return True
    return _weighs(before) and _depends(chunk, language)


def _depends(words: list[str], language: str) -> bool:
    """Does it begin with that or if, so that the wish before the comma governs it?"""
    if language == "de" and "zu" in words[1:]:
        return True
    frame = lexicon(language).find("frame", words[:2])
    return any(hit.tag in {"cond", "that_", "when_"} and hit.first == 0 for hit in frame)


def _weighs(clause: Clause) -> bool:
    """`It would be good` before an if: not a condition but a wish."""
    return clause.has("fine", "bad", "want", "undecided") and not clause.has(
        "send", "notify", "tell", "get", "skip", "mail", "weak"
    )


def _clause(words: list[str], link: str, language: str) -> Clause:
    lex = lexicon(language)
    meaning, frame, replies = (tuple(lex.find(layer, words)) for layer in ("meaning", "frame", "replies"))
    meaning = sorted_out(meaning, words, language)
    if frame and frame[0].first == 0 and not link and frame[0].tag in LINKS:
        link = frame[0].tag
    return Clause(
        words=tuple(words), link=link, language=language, meaning=meaning, frame=frame, replies=replies
    )
