"""What the documents say is true: commands, configuration keys, links, standards and the change log."""

import re
import shlex
import tomllib
import typing
from collections.abc import Iterator
from enum import Enum
from pathlib import Path

import click
import pytest
from packaging.version import Version
from pydantic import BaseModel, SecretStr

import bot
from bot.cli import rollcall
from bot.settings import Settings, settings_from
from bot.values.learner import NoticeState, Outcome
from bot.values.ledger import MessageState
from bot.values.request import Answer, Decision
from bot.values.sheet import Reason, Verdict

ROOT = Path(__file__).parents[2]
EXAMPLE = ROOT / "config.example.toml"
DOCUMENTS = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")])
FENCE = re.compile(r"^```(\w*)[^\n]*\n(.*?)^```", re.MULTILINE | re.DOTALL)
SHELL = ("", "sh", "shell", "bash", "console")
LINK = re.compile(r"(?<!!)\[[^\]]*\]\(([^)\s]+)\)|!\[[^\]]*\]\(([^)\s]+)\)")
STANDARD = re.compile(
    r"RFC \d+|ECMA-\d+|ISO(?:/IEC)? \d+|MS-[A-Z]{3,}|UTS #\d+|UAX #\d+|NIST SP \d+-\d+\w?|WCAG \d\.\d"
)
RELEASE = re.compile(r"## (?:\[?(\d+\.\d+\.\d+)\]? [-–—] \d{4}-\d\d-\d\d|\[?Unreleased\]?)")
# The port depends on `security`, so the default, 0, would tell nothing.
EXAMPLES_INSTEAD = {"mailboxes.imap.port", "smtp.port"}
CHANGES = ("Added", "Changed", "Deprecated", "Removed", "Fixed", "Security")


def name_of(path: Path) -> str:
    return str(path.relative_to(ROOT))


# Commands


def shown_commands(text: str) -> Iterator[list[str]]:
    """The words of every command line shown in a document: in code blocks, and as code in a sentence."""
    for language, block in FENCE.findall(text):
        if language not in SHELL:
            continue
        lines = block.replace("\\\n", " ").splitlines()
        prompted = [line.strip()[2:] for line in lines if line.strip().startswith(("$ ", "# "))]
        for line in prompted or lines:
            yield from simple_commands(line)
    for span in re.findall(r"`((?:rollcall|rollcall-admin|make) [^`\n]+)`", FENCE.sub("", text)):
        yield from simple_commands(span)


def simple_commands(line: str) -> Iterator[list[str]]:
    """`sudo -u rollcall rollcall check && make test` is [rollcall, check] and [make, test]."""
    try:
        words = shlex.split(re.sub(r"[\[\]]", " ", line), comments=True)
    except ValueError:  # a quote without its end is prose
        return
    command: list[str] = []
    for word in [*words, ";"]:
        if word in (";", "&&", "||", "|", "&"):
            if command := without_prefix(command):
                yield command
            command = []
        else:
            command.append(word)


def without_prefix(words: list[str]) -> list[str]:
    """The command proper, without `sudo -u NAME` and variables before it, its program by name only."""
    while words and (words[0] in ("sudo", "time", "env") or re.match(r"[A-Z_]+=", words[0])):
        words = words[1:]
        while words and words[0].startswith("-"):
            words = words[2:]
    return [Path(words[0]).name, *words[1:]] if words else []


def fault_in(words: list[str]) -> str | None:
    """What of a shown command does not exist; None where all does, or it is not ours."""
    program, *rest = words
    if program in ("rollcall", "rollcall-admin"):
        return fault_in_rollcall(rest)
    if program == "make":
        targets = re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE)
        asked = [word for word in rest if re.fullmatch(r"[a-z-]+", word) and not word.startswith("-")]
        missing = [word for word in asked if word not in targets]
        return f"the Makefile has no {missing}" if missing else None
    return None


def fault_in_rollcall(words: list[str]) -> str | None:
    """Follow the words down the commands; option values and arguments may be anything."""
    command: click.Command = rollcall
    before = ""
    for word in words:
        if word.startswith("-"):
            if word.partition("=")[0] not in options_of(command):
                return f"`{command.name}` has no option {word}"
        elif isinstance(command, click.Group) and options_of(command).get(before, True):
            inner = command.get_command(click.Context(command), word)
            if inner is None:
                return f"there is no command {word}"
            command = inner
        before = word
    return None


def options_of(command: click.Command) -> dict[str, bool]:
    """Every option of a command, and whether it stands alone, without a value after it."""
    own = {name: param for param in command.params for name in (*param.opts, *param.secondary_opts)}
    return {"--help": True, "-h": True} | {
        name: getattr(param, "is_flag", False) for name, param in own.items()
    }


@pytest.mark.parametrize("path", DOCUMENTS, ids=name_of)
def test_every_command_that_is_shown_exists(path: Path) -> None:
    shown = list(shown_commands(path.read_text(encoding="utf-8")))
    faults = [f"{shlex.join(words)}: {fault}" for words in shown if (fault := fault_in(words))]
    assert not faults, f"{name_of(path)}:\n" + "\n".join(faults)


def test_the_reader_of_commands_finds_them() -> None:
    block = "```console\n$ sudo -u rollcall /opt/rollcall/bin/rollcall run && make test\nOK\n```\n"
    text = f"Say `rollcall check`.\n{block}"
    assert list(shown_commands(text)) == [["rollcall", "run"], ["make", "test"], ["rollcall", "check"]]
    assert fault_in(["make", "no-such-target"])
    assert fault_in(["rollcall", "no-such-command"])
    assert fault_in(["rollcall", "--no-such-option"])


# Configuration


def keys_of(model: type[BaseModel], prefix: str = "") -> set[str]:
    """Every key a configuration may hold, dotted; entries of a list count as one."""
    keys = set()
    for name, field in model.model_fields.items():
        inner = table_in(field.annotation)
        keys |= keys_of(inner, f"{prefix}{name}.") if inner else {prefix + name}
    return keys


def table_in(annotation: object) -> type[BaseModel] | None:
    """The table that an annotation such as `tuple[Login, ...]` or `OAuth | None` holds."""
    if isinstance(annotation, type):
        return annotation if issubclass(annotation, BaseModel) else None
    return next((found for inner in typing.get_args(annotation) if (found := table_in(inner))), None)


def keys_shown(text: str) -> set[str]:
    """Every key in the example, set or commented out, dotted like `keys_of`."""
    table, keys = "", set()
    for line in text.splitlines():
        if header := re.fullmatch(r"(?:# ?)?\[{1,2}([a-z_.]+)\]{1,2}\s*(#.*)?", line):
            table = header[1] + "."
        elif setting := re.match(r"(?:# ?)?([a-z_]+) = (.*)", line):
            keys |= {table + setting[1] + inner for inner in inline_keys(setting[2])}
    return keys


def inline_keys(value: str) -> list[str]:
    """`{ name = "x" }` has the key .name; any other value none of its own."""
    try:
        parsed = tomllib.loads(f"value = {value}")["value"]
    except tomllib.TOMLDecodeError:
        return [""]
    return [f".{key}" for key in parsed] if isinstance(parsed, dict) else [""]


def test_the_example_shows_every_key_and_no_other() -> None:
    shown, known = keys_shown(EXAMPLE.read_text(encoding="utf-8")), keys_of(Settings)
    free = {key for key in known if "options" in key.split(".")}  # their own keys are each directory's
    strange = {key for key in shown - known if not any(key.startswith(f"{name}.") for name in free)}
    assert sorted(known - shown - free) == [], "not in config.example.toml"
    assert sorted(strange) == [], "in config.example.toml, but not a key"


def test_the_example_is_a_valid_configuration() -> None:
    settings_from(tomllib.loads(EXAMPLE.read_text(encoding="utf-8")), EXAMPLE.name)


def defaults_of(model: type[BaseModel], prefix: str = "") -> dict[str, object]:
    """The default of every key that has one that is not empty."""
    found: dict[str, object] = {}
    for name, field in model.model_fields.items():
        if inner := table_in(field.annotation):
            found |= defaults_of(inner, f"{prefix}{name}.")
        elif not field.is_required() and field.default not in ("", (), None, {}, SecretStr("")):
            default = list(field.default) if isinstance(field.default, tuple) else field.default
            found[prefix + name] = default
    return found


def test_a_key_that_is_commented_out_shows_its_default() -> None:
    defaults, wrong, table = defaults_of(Settings), [], ""
    for line in EXAMPLE.read_text(encoding="utf-8").splitlines():
        if header := re.fullmatch(r"(?:# ?)?\[{1,2}([a-z_.]+)\]{1,2}", line):
            table = header[1] + "."
        elif setting := re.fullmatch(r"# ([a-z_]+) = (.+)", line):
            shown = tomllib.loads(f"value = {setting[2]}")["value"]
            if table + setting[1] in EXAMPLES_INSTEAD:
                continue
            if shown != defaults.get(table + setting[1], shown):
                wrong.append(
                    f"{table}{setting[1]}: {shown!r} is shown, {defaults[table + setting[1]]!r} it is"
                )
    assert wrong == []


def test_every_key_in_the_example_is_explained() -> None:
    lines = EXAMPLE.read_text(encoding="utf-8").splitlines()
    bare = []
    for number, line in enumerate(lines):
        if not re.match(r"(?:# ?)?[a-z_]+ = ", line):
            continue
        above = lines[number - 1] if number else ""
        if "#" not in line[2:] and not above.strip():
            bare.append(f"{number + 1}: {line}")
    assert bare == []


# Links, standards, changes


def anchors_of(path: Path) -> set[str]:
    """The anchors that a Markdown file's headings get."""
    headings = re.findall(r"^#{1,6} (.+)$", FENCE.sub("", path.read_text(encoding="utf-8")), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).strip().replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("path", DOCUMENTS, ids=name_of)
def test_every_link_inside_the_project_leads_somewhere(path: Path) -> None:
    text = FENCE.sub("", path.read_text(encoding="utf-8"))
    broken = []
    for link in (text_link or image for text_link, image in LINK.findall(text)):
        if re.match(r"[a-z]+:", link):
            continue
        name, _, anchor = link.partition("#")
        target = (path.parent / name) if name else path
        if not target.exists() or (anchor and target.suffix == ".md" and anchor not in anchors_of(target)):
            broken.append(link)
    assert not broken, f"{name_of(path)}: {broken}"


def cited_in_code() -> dict[str, list[str]]:
    """Every standard the code names, with the files that do."""
    cited: dict[str, list[str]] = {}
    for path in sorted((ROOT / "bot").rglob("*")):
        if path.suffix in (".py", ".toml", ".sql", ".html", ".j2"):
            for standard in sorted(set(STANDARD.findall(path.read_text(encoding="utf-8")))):
                cited.setdefault(standard, []).append(name_of(path))
    return cited


def test_every_standard_the_code_cites_stands_once_in_the_list() -> None:
    rows = (ROOT / "docs/standards.md").read_text(encoding="utf-8").splitlines()
    listed = [found[0] for row in rows if row.startswith("| ") and (found := STANDARD.findall(row))]
    cited = cited_in_code()
    unlisted = {name: files for name, files in cited.items() if name not in listed}
    assert len(listed) == len(set(listed)), "a standard stands twice in docs/standards.md"
    assert unlisted == {}, "cited, but not in docs/standards.md"
    assert sorted(set(listed) - cited.keys()) == [], "in docs/standards.md, but nothing cites it"


def test_the_change_log_has_its_form() -> None:
    lines = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8").splitlines()
    assert lines[0] == "# Changelog"
    releases = [line for line in lines if line.startswith("## ")]
    dated = [RELEASE.fullmatch(line) for line in releases]
    assert all(dated), f"releases read '## 1.2.3 - 2026-11-23' or '## Unreleased': {releases}"
    versions = [Version(found[1]) for found in dated if found and found[1]]
    assert versions == sorted(versions, reverse=True), "newest first"
    assert releases[0].endswith("Unreleased") or str(versions[0]) == bot.__version__
    sections = [line[4:] for line in lines if line.startswith("### ")]
    assert set(sections) <= set(CHANGES), f"sections are {', '.join(CHANGES)}"


# Words


@pytest.mark.parametrize(
    ("heading", "words"),
    [
        ("Outcomes of a row", Outcome),
        ("Reasons for an invalid row", Reason),
        ("States of a notice", NoticeState),
        ("Preferences", Answer),
        ("Decisions on a message", Decision),
        ("Verdicts on an attachment", Verdict),
        ("States of a message in the ledger", MessageState),
    ],
)
def test_the_glossary_has_the_words_of_the_code(heading: str, words: type[Enum]) -> None:
    text = (ROOT / "docs/glossary.md").read_text(encoding="utf-8")
    section = text.partition(f"## {heading}\n")[2].partition("\n## ")[0]
    assert re.findall(r"^\| `(\w+)` \|", section, re.MULTILINE) == [word.value for word in words]
