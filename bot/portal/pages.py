"""Draws the pages from templates: the operator's own first, then ours, in the visitor's language."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from jinja2 import (
    ChoiceLoader,
    Environment,
    FileSystemLoader,
    PrefixLoader,
    StrictUndefined,
    TemplateSyntaxError,
)

from bot.errors import ConfigurationError
from bot.values.customer import Site

BUILT_IN = Path(__file__).parent / "templates"
FALLBACK = "en"
RIGHT_TO_LEFT = ("ar", "fa", "he", "ur")


@dataclass(frozen=True, kw_only=True, slots=True)
class House:
    """What every page shows. `folder` is the operator's templates, one folder a language in it, or ''."""

    site: Site
    path: str = ""
    logo: bool = False
    tickets: bool = True
    sign_in: bool = True
    folder: str = ""

    @property
    def team(self) -> str:
        """How the people behind the site are called."""
        return self.site.team or f"{self.site.name} Support"


def draw(name: str, house: House, *, accepted: str, facts: Mapping[str, object]) -> tuple[str, str]:
    """The page `name` as HTML, and its language; `accepted` is the browser's Accept-Language field."""
    language = choose_language(accepted, languages(house.folder))
    template = _environment(house.folder, language).get_template(f"{name}.html")
    direction = "rtl" if language[:2] in RIGHT_TO_LEFT else "ltr"
    return template.render(facts, house=house, language=language, direction=direction), language


def check_templates(folder: str) -> None:
    """Compile every page in every language, the operator's too; raises ConfigurationError."""
    for language in languages(folder):
        environment = _environment(folder, language)
        for page in sorted((BUILT_IN / FALLBACK).glob("*.html")):
            try:
                environment.get_template(page.name)
            except TemplateSyntaxError as error:
                raise ConfigurationError(
                    f"portal.templates: {error.filename}, line {error.lineno}: {error.message}. "
                    "Mend the file, or take it out: without it the built-in page is used."
                ) from None


def languages(folder: str) -> tuple[str, ...]:
    """The languages that there are templates in, ours and the operator's; English always."""
    return _languages(folder)


@lru_cache(maxsize=8)
def _languages(folder: str) -> tuple[str, ...]:
    roots = [BUILT_IN, *([Path(folder)] if folder else [])]
    found = {path.name for root in roots if root.is_dir() for path in root.iterdir() if path.is_dir()}
    return tuple(sorted(found | {FALLBACK}))


def choose_language(accepted: str, known: Sequence[str]) -> str:
    """The first known language by the browser's order of liking (RFC 9110 §12.5.4), else English."""
    wishes = []
    for place, wish in enumerate(accepted.split(",")[:20]):
        tag, _, quality = wish.partition(";q=")
        wishes.append((-_quality(quality), place, tag.strip().lower()))
    by_tag = {name.lower(): name for name in known}
    for weight, _, tag in sorted(wishes):
        found = by_tag.get(tag) or by_tag.get(tag.split("-")[0])
        if found and weight:
            return found
    return FALLBACK


def _quality(text: str) -> float:
    try:
        return float(text or 1)
    except ValueError:
        return 0.0


@lru_cache(maxsize=32)
def _environment(folder: str, language: str) -> Environment:
    """A page of the operator's may begin `{% extends "ours/signin.html" %}` and change single blocks."""
    ours = [BUILT_IN / language, BUILT_IN / FALLBACK]
    own = [Path(folder) / language, Path(folder)] if folder else []
    return Environment(
        loader=ChoiceLoader(
            [FileSystemLoader([*own, *ours]), PrefixLoader({"ours": FileSystemLoader(ours)})]
        ),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
