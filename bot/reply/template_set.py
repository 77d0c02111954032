"""The words of every mail, as template files: the operator's own first, then ours, by language.

A letter is one file, `NAME.j2`, with its words once; `layout.txt.j2` and `layout.html.j2` draw them as text
and as HTML. A folder may also hold `NAME.txt.j2`, `NAME.html.j2` or `NAME.subject.j2`, which then win.
A template of the operator's may begin `{% extends "ours/NAME.j2" %}` and change single blocks.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from time import monotonic
from traceback import extract_tb
from types import CodeType
from typing import Any

from jinja2 import (
    BytecodeCache,
    ChoiceLoader,
    Environment,
    FileSystemLoader,
    PrefixLoader,
    StrictUndefined,
    Template,
    TemplateError,
    TemplateNotFound,
    TemplatesNotFound,
)
from jinja2.bccache import Bucket
from jinja2.sandbox import ImmutableSandboxedEnvironment

from bot.errors import ConfigurationError
from bot.reply.clean import LIMITS, one_line
from bot.reply.plain import indent_rows, plural, thousands, tidy, wrap
from bot.reply.subjects import bare_subject

BUILT_IN = Path(__file__).parent / "templates"
FALLBACK = "en"
LETTERS = (
    "results",
    "ask",
    "settled",
    "reminder",
    "closing",
    "bounces",
    "waiting",
    "confirm_sender",
    "notice",
    "new_link",
    "ticket_link",
    "ticket_word",
    "staff_note",
    "digest",
)
LOOK_EVERY = 1.0  # seconds
# What a template of the operator's can do wrong while it runs, besides Jinja's own errors.
_SLIPS = (TemplateError, TypeError, ValueError, AttributeError, ArithmeticError, LookupError, OSError)


@dataclass(frozen=True, kw_only=True, slots=True)
class Templates:
    """Where words come from: `folders` of the operator, the most particular first, and the language.

    A folder holds one folder a language (`de/notice.j2`); files directly in it serve every
    language that has none of its own.
    """

    folders: tuple[str, ...] = ()
    language: str = FALLBACK

    def speaking(self, language: str, folder: str = "") -> "Templates":
        """The same words as a customer gets them: in its language, its own folder before the operator's."""
        folders = (folder, *self.folders) if folder else self.folders
        return Templates(folders=folders, language=language or FALLBACK)

    def render(self, name: str, facts: object) -> tuple[str, str, str]:
        """Subject, text and HTML of one letter. A template that cannot be used is a ConfigurationError."""
        plain, rich = (_environment(self.folders, self.language, kind) for kind in ("txt", "html"))
        try:
            subject = one_line(_subject(plain, name, facts), LIMITS["subject"] + 40)
            text = tidy(_letter(plain, name, "txt", self.language, facts=facts, title=subject))
            html = tidy(_letter(rich, name, "html", self.language, facts=facts, title=subject))
        except _SLIPS as error:
            raise ConfigurationError(self._complaint(name, error)) from error
        return subject, text, html

    def _complaint(self, name: str, error: Exception) -> str:
        """What is wrong, in which file and line, and the way to mend it."""
        # Jinja puts the lines of templates into the traceback; a syntax error names its own.
        frames = [frame for frame in extract_tb(error.__traceback__) if frame.filename.endswith(".j2")]
        file = getattr(error, "filename", None) or (frames[-1].filename if frames else name)
        line = getattr(error, "lineno", None) or (frames[-1].lineno if frames else None)
        where = f"{file}, line {line}" if line else file
        return (
            f'The template of the mail "{name}" cannot be used ({where}): {error}. '
            f"Mend the file, or take it out of {' or '.join(self.folders) or BUILT_IN}: "
            "without it the built-in words are used."
        )


def _letter(environment: Environment, name: str, kind: str, language: str, **values: object) -> str:
    """A letter, which knows the language its words are really in (for the lang attribute).

    As a value of the letter: as a global of it, Jinja would run every file that it imports again each time.
    """
    template = _first(environment, f"{name}.{kind}.j2", f"{name}.j2")
    if template is None:
        raise TemplateNotFound(f"{name}.j2")
    folder = Path(template.filename or "").parent.name
    return template.render(**values, language=folder if folder in _spoken(language) else language)


def _subject(environment: Environment, name: str, facts: object) -> str:
    """The subject: a file of its own, or the block `subject` of the letter, in our words if it has none."""
    own = _first(environment, f"{name}.subject.j2")
    if own is not None:
        return own.render(facts=facts)
    ours = _environment((), FALLBACK, "txt")
    for template in (
        _first(environment, f"{name}.txt.j2", f"{name}.j2"),
        _first(environment, f"{name}.j2"),
        _first(ours, f"{name}.j2"),
    ):
        if template is not None and (block := template.blocks.get("subject")):
            return "".join(block(template.new_context({"facts": facts})))
    raise TemplateNotFound(f"{name}.subject.j2")


def _first(environment: Environment, *names: str) -> Template | None:
    """The first of these files that is there. Where files never change, it is looked for once."""
    return (_look if environment.auto_reload else _look_once)(environment, names)


def _look(environment: Environment, names: tuple[str, ...]) -> Template | None:
    try:
        return environment.select_template(list(names))
    except TemplatesNotFound:
        return None


_look_once = lru_cache(maxsize=256)(_look)


class Folders(FileSystemLoader):
    """Looks at the disk for a file once a second at most: one letter asks for a dozen, some of which nobody
    wrote, and the looks took a tenth of the time of a batch of notices."""

    def __init__(self, folders: Sequence[Path]) -> None:
        super().__init__(folders)
        self._absent: dict[str, float] = {}

    def get_source(self, environment: Environment, template: str) -> tuple[str, str, Callable[[], bool]]:
        """As Jinja's own."""
        if monotonic() < self._absent.get(template, 0.0):
            raise TemplateNotFound(template)
        try:
            source, path, is_fresh = super().get_source(environment, template)
        except TemplateNotFound:
            self._absent[template] = monotonic() + LOOK_EVERY
            raise
        return source, path, _seldom(is_fresh)


def _seldom(is_fresh: Callable[[], bool]) -> Callable[[], bool]:
    """The same answer until it is time to look again; what has changed once is read again at once."""
    looked = monotonic()

    def answer() -> bool:
        nonlocal looked
        now = monotonic()
        if now < looked + LOOK_EVERY:
            return True
        looked = now
        return is_fresh()

    return answer


class Compiled(BytecodeCache):
    """What was compiled once, for all ways of speaking: most files of a customer's own words are ours."""

    def __init__(self) -> None:
        self._known: dict[str, tuple[str, CodeType]] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        """As Jinja asks for it."""
        checksum, code = self._known.get(bucket.key, ("", None))
        if checksum == bucket.checksum:
            bucket.code = code

    def dump_bytecode(self, bucket: Bucket) -> None:
        """As Jinja hands it over."""
        assert bucket.code is not None
        self._known[bucket.key] = (bucket.checksum, bucket.code)


@cache
def _compiled(kind: str, shut_in: bool) -> Compiled:
    """What escapes compiles to something else than what does not; so does what runs in a sandbox."""
    return Compiled()


@lru_cache(maxsize=64)
def _environment(folders: tuple[str, ...], language: str, kind: str) -> Environment:
    """One environment for each way of speaking; files are compiled when first used and when changed.

    Where all words are ours they do not change, and there is nobody to be shut in a sandbox.
    """
    kind_of = ImmutableSandboxedEnvironment if folders else Environment
    ours = [BUILT_IN / spoken for spoken in _spoken(language)] + [BUILT_IN]
    environment = kind_of(
        loader=ChoiceLoader([Folders(_paths(folders, language)), PrefixLoader({"ours": Folders(ours)})]),
        autoescape=kind == "html",
        bytecode_cache=_compiled(kind, bool(folders)),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=bool(folders),
    )
    tools: Mapping[str, Any] = {"layout": f"layout.{kind}.j2", "plural": plural, "indent_rows": indent_rows}
    environment.globals.update(tools)
    environment.filters.update(thousands=thousands, wrap=wrap, without_re=bare_subject)
    return environment


def _paths(folders: tuple[str, ...], language: str) -> list[Path]:
    """Where a template is looked for, in order; what lies directly in a folder stands in for English."""
    roots = [Path(folder) for folder in folders]
    paths: list[Path] = []
    for spoken in _spoken(language):
        paths += [root / spoken for root in roots]
        paths += roots if spoken == FALLBACK else []
        paths.append(BUILT_IN / spoken)
    return [*paths, BUILT_IN]


def _spoken(language: str) -> tuple[str, ...]:
    """'de-AT' is served by de-AT, then de, then English."""
    # A language comes from the configuration; only its letters may choose a folder.
    clean = "".join(char for char in language if char.isalnum() or char in "-_")
    return tuple(dict.fromkeys((clean or FALLBACK, clean.split("-")[0] or FALLBACK, FALLBACK)))
