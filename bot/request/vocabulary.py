"""The word lists of `words/*.toml`, compiled once: text in, tokens tagged with what they mean out."""

import re
import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache, lru_cache
from importlib import resources
from itertools import product
from typing import Any

from bot.request.spelling import fold, guess, tokens_of

LANGUAGES = ("en", "de", "fr", "es", "nl", "it", "pt")
GAP, LONG_GAP = "..", "..."
# A German or Dutch prefix stands at the end of its clause, however much comes between.
MAX_GAP, MAX_LONG_GAP = 4, 14
SHORTEST_STEM = 3
SHORTEST_INFLECTED = 4
KNOWN_WORDS = 20_000
LAYERS = ("meaning", "frame", "replies")


@dataclass(frozen=True, kw_only=True, slots=True)
class Hit:
    """A phrase found: its meaning, the first and last token it covers."""

    tag: str
    first: int
    last: int


@dataclass(frozen=True, slots=True)
class _Node:
    """One step of the phrase tree: next words, a gap allowed before them, and what ends here."""

    words: dict[str, "_Node"] = field(default_factory=dict)
    gaps: dict[str, "_Node"] = field(default_factory=dict)
    far: dict[str, "_Node"] = field(default_factory=dict)
    tags: list[str] = field(default_factory=list)

    def steps_over(self, here: int, known: Sequence[tuple[str, ...]]) -> Iterator[tuple["_Node", int]]:
        """Where the words from here on lead, with their places; a gap may lie before them."""
        reach = MAX_LONG_GAP if self.far else MAX_GAP
        for place in range(here, min(here + reach + 1, len(known))):
            next_to = self.words if place == here else {}
            near = self.gaps if place - here <= MAX_GAP else {}
            for symbol in known[place]:
                if step := next_to.get(symbol) or near.get(symbol) or self.far.get(symbol):
                    yield step, place


@dataclass(frozen=True, slots=True)
class Lexicon:
    """One language. `layers` are read side by side: what a word means, how it frames, what it replies."""

    language: str
    layers: dict[str, "Layer"]
    expand: dict[str, str]
    endings: dict[str, tuple[str, ...]]
    signs: frozenset[str]

    def words_of(self, text: str) -> list[str]:
        """The words of a cleaned text, contractions written out, as written otherwise."""
        return tokens_of(_expander(self.language).sub(self._expanded, text))

    def _expanded(self, found: re.Match[str]) -> str:
        return self.expand[found[0].casefold()]

    def weight(self, word: str) -> float:
        """How much a word speaks for this language: a small word of it, or one of its listed words."""
        return (word in self.signs) + 0.5 * any(layer.lists(word) for layer in self.layers.values())

    def find(self, layer: str, words: list[str]) -> list[Hit]:
        """Every phrase of a layer in a list of words, the longest first where they overlap."""
        hits = self.layers[layer].find(words)
        if layer == "meaning" and self.endings:
            hits += self._persons(words, hits)
        return sorted(hits, key=lambda hit: (hit.first, hit.last))

    def _persons(self, words: list[str], hits: list[Hit]) -> list[Hit]:
        """Pronouns that hang on a verb: `avísenme`, `avvisateli`."""
        found = []
        for hit in hits:
            if hit.tag not in {"notify", "tell", "send"}:
                continue
            for tag, endings in self.endings.items():
                for place in {hit.first, hit.last}:
                    if fold(words[place]).endswith(endings):
                        found.append(Hit(tag=tag, first=place, last=place))
        return found


@dataclass(frozen=True, slots=True)
class Layer:
    """Phrases (a tag and the choices for each place), their words and stems, and the long words a misspelling
    may stand for. The phrases' tree grows when it is first searched: most mails need one language's."""

    phrases: Sequence[tuple[str, Sequence[tuple[str, ...]]]]
    words: dict[str, tuple[str, ...]]
    stems: dict[str, tuple[str, ...]]
    guessable: tuple[str, ...]
    suffixes: tuple[str, ...] = ()
    grown: list[_Node] = field(default_factory=list)
    known: dict[str, tuple[str, ...]] = field(default_factory=dict)

    def find(self, words: list[str]) -> list[Hit]:
        """Every phrase, none over another: where they overlap the one of more words stands."""
        if not self.grown:  # it is put there whole, as other threads look through it, too
            self.grown.append(self._grow())
        first = self.grown[0].words
        known = [self._symbols(word) for word in words]
        found = []
        for start, symbols in enumerate(known):
            if not first.keys().isdisjoint(symbols):
                found += self._from(first, start, known)
        found.sort(key=lambda item: (-len(item[1]), item[1][0]))
        taken: dict[int, tuple[int, ...]] = {}
        hits = []
        for tags, places in found:
            if any(taken.get(place, places) != places for place in places):
                continue
            taken.update((place, places) for place in places)
            hits += [Hit(tag=tag, first=places[0], last=places[-1]) for tag in tags]
        return hits

    def lists(self, word: str) -> bool:
        """Does a phrase hold this very word?"""
        return word in self.words or any(word[:size] in self.stems for size in range(5, len(word) + 1))

    def _grow(self) -> _Node:
        root = _Node()
        for tag, choices in self.phrases:
            for chosen in product(*choices):
                _plant(root, [word for element in chosen for word in element.split("_") if word], tag)
        return root

    def _from(
        self, first: dict[str, _Node], start: int, known: list[tuple[str, ...]]
    ) -> list[tuple[list[str], tuple[int, ...]]]:
        found: list[tuple[list[str], tuple[int, ...]]] = []
        open_paths: list[tuple[_Node, tuple[int, ...]]] = [
            (first[symbol], (start,)) for symbol in known[start] if symbol in first
        ]
        while open_paths:
            node, places = open_paths.pop()
            if node.tags:
                found.append((node.tags, places))
            here = places[-1] + 1
            if node.gaps or node.far:
                open_paths += [(step, (*places, place)) for step, place in node.steps_over(here, known)]
            elif node.words and here < len(known):
                next_to = node.words
                open_paths += [
                    (next_to[symbol], (*places, here)) for symbol in known[here] if symbol in next_to
                ]
        return found

    def _symbols(self, word: str) -> tuple[str, ...]:
        """The elements of phrases that a word may stand for, by itself, its stem or what it misspells."""
        found = self.known.get(word)
        if found is None:
            if len(self.known) > KNOWN_WORDS:
                self.known.clear()
            own = self._listed(word) or self._inflected(word.casefold())
            found = self.known[word] = own or self._listed(guess(self.guessable, fold(word)))
        return found

    def _inflected(self, word: str) -> tuple[str, ...]:
        """What a listed word means with an ending of its language: `dispensed`, `toggling`, `omits`."""
        for suffix in self.suffixes:
            bare = word.removesuffix(suffix)
            if bare == word or len(bare) < SHORTEST_INFLECTED:
                continue
            forms = (bare, bare + "e", bare[:-1] if bare[-1] == bare[-2] else bare)
            for form in dict.fromkeys(forms):
                if found := self.words.get(form):
                    return found
        return ()

    def _listed(self, word: str) -> tuple[str, ...]:
        forms = (word, word.casefold(), _plain(word)) if len(word) > 3 else (word, word.casefold())
        for form in dict.fromkeys(forms):
            own = list(self.words.get(form, ()))
            for size in range(SHORTEST_STEM, len(form) + 1):
                own += self.stems.get(form[:size], ())
            if own:
                return tuple(own)
        return ()


@cache
def lexicon(language: str) -> Lexicon:
    """The compiled word list of a language; read from its file the first time it is asked for."""
    data, shared = _read(language), _read("common")
    sets, guessable = data.get("sets", {}), tuple(data.get("guess", ()))
    layers = {}
    for name in LAYERS:
        own, everywhere = data.get(name, {}), shared.get(name, {})
        phrases = {tag: own.get(tag, []) + everywhere.get(tag, []) for tag in {**own, **everywhere}}
        layers[name] = _layer(phrases, sets, guessable, tuple(data.get("suffixes", ())))
    return Lexicon(
        language=language,
        layers=layers,
        expand={key.casefold(): value for key, value in data.get("expand", {}).items()},
        endings={tag: tuple(ends) for tag, ends in data.get("endings", {}).items()},
        signs=frozenset(data["signs"].split()),
    )


@lru_cache(maxsize=KNOWN_WORDS)
def weights_of(word: str) -> tuple[float, ...]:
    """How much a word speaks for each of the languages, in their order."""
    return tuple(lexicon(language).weight(word) for language in LANGUAGES)


@cache
def small(name: str) -> frozenset[str]:
    """A list of small words, of all languages together."""
    return frozenset(_read("common")["small"][name].split())


@cache
def _read(name: str) -> dict[str, Any]:
    source = resources.files("bot.request") / "words" / f"{name}.toml"
    return tomllib.loads(source.read_text(encoding="utf-8"))


@cache
def _expander(language: str) -> re.Pattern[str]:
    """Finds contractions: whole words, and endings such as n't."""
    keys = sorted(lexicon(language).expand, key=len, reverse=True)
    ends = "|".join(re.escape(key) for key in keys if ("'" in key and not key[0].isalpha()) or key == "n't")
    whole = "|".join(re.escape(key) for key in keys if key not in ends.split("|"))
    return re.compile(rf"(?<!\w)(?:{whole or '(?!)'})(?!\w)|(?:{ends or '(?!)'})(?!\w)", re.IGNORECASE)


def _layer(
    phrases: dict[str, list[str]], sets: dict[str, str], guessable: tuple[str, ...], suffixes: tuple[str, ...]
) -> Layer:
    words, stems = dict[str, tuple[str, ...]](), dict[str, tuple[str, ...]]()
    told = [(tag, _choices(phrase, sets)) for tag, written in phrases.items() for phrase in written]
    # In the order of the file: what a word may stand for is tried in it.
    elements = dict.fromkeys(
        element for _, choices in told for choice in choices for run in choice for element in run.split("_")
    )
    for element in elements:
        if element not in {"", GAP, LONG_GAP}:
            _enlist(element, words, stems)
    return Layer(phrases=told, words=words, stems=stems, guessable=guessable, suffixes=suffixes)


def _choices(phrase: str, sets: dict[str, str]) -> list[tuple[str, ...]]:
    """What may stand at each place of a phrase, '' for nothing; elements stay `a|b`, sets written out."""
    written = re.sub(r"\{(\w+)\}", lambda found: sets[found[1]], phrase).split()
    return [
        (*_alternatives(element.strip("()")), "") if element[0] == "(" else _alternatives(element)
        for element in written
    ]


def _alternatives(element: str) -> tuple[str, ...]:
    """`a|b|c_d` taken apart: the single words stay together, each run of words stands alone."""
    words = element.split("|")
    single = "|".join(word for word in words if "_" not in word)
    return tuple(choice for choice in (single, *(word for word in words if "_" in word)) if choice)


def _enlist(element: str, words: dict[str, tuple[str, ...]], stems: dict[str, tuple[str, ...]]) -> None:
    for word in element.split("|"):
        register = stems if word.endswith("*") else words
        for key in _spellings(word.rstrip("*")):
            if element not in register.get(key, ()):
                register[key] = (*register.get(key, ()), element)


def _spellings(word: str) -> set[str]:
    """With and without accents; in the shortest words the accent is the meaning (`sí`, `si`)."""
    return {word, _plain(word)} if len(word) > 3 and word.islower() else {word}


def _plain(word: str) -> str:
    """Lower-case and without accents, unless that is another word."""
    plain = fold(word)
    return word.casefold() if plain in small("unaccented") else plain


def _plant(root: _Node, elements: Sequence[str], tag: str) -> None:
    node, gap = root, ""
    for element in elements:
        if element in {GAP, LONG_GAP}:
            gap = element
            continue
        branch = {GAP: node.gaps, LONG_GAP: node.far}.get(gap, node.words)
        if element not in branch:
            branch[element] = _Node()
        node = branch[element]
        gap = ""
    if node is not root and tag not in node.tags:
        node.tags.append(tag)
