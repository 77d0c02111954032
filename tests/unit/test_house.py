"""The house rules that a program can hold: no addresses or machine paths, one version, a lock that fits."""

import ast
import re
import subprocess
import tomllib
from functools import cache
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

import bot

ROOT = Path(__file__).parents[2]
PYPROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
LOCK = (ROOT / "requirements.lock").read_text(encoding="utf-8")
LONGEST_FILE = 300
# Written so that this file does not find itself.
REGISTRY = re.compile(
    r"--(extra-)?index[-]url|pypi\.(org|python)|files\.python[h]osted|registry\.npm[j]s|deb\.debia[n]\.org"
    r"|registry = \"http|/packages/[0-9a-f]{2}/[0-9a-f]{2}/|find[-]links"
)
MACHINE_PATH = re.compile(r"(?<![\w.:/~-])/((home|root|work|farm)/[\w.]|Users/[a-z]+/)")
UNFINISHED = re.compile(r"\b(TO[D]O|FIX[M]E|XX[X]|HAC[K])\b")


@cache
def tracked_files() -> tuple[Path, ...]:
    """Every file that git knows; in an unpacked release, every file there is but the caches."""
    listing = subprocess.run(
        ["git", "-C", str(ROOT), "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        check=False,
        capture_output=True,
    )
    if listing.returncode:
        found = [path for path in ROOT.rglob("*") if not any(part.startswith(".") for part in path.parts)]
    else:
        found = [ROOT / name for name in listing.stdout.decode().split("\0") if name]
    return tuple(path for path in found if path.is_file())


def lines_with(pattern: re.Pattern[str], files: list[Path]) -> list[str]:
    """file:line of every match, in the files that are text."""
    hits = []
    for path in files:
        try:
            text = path.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            continue
        # No pattern looks beyond a line: most files are done with at once.
        if not pattern.search(text):
            continue
        found = ((n, line) for n, line in enumerate(text.splitlines(), 1) if pattern.search(line))
        hits += [f"{path.relative_to(ROOT)}:{n}: {line.strip()[:100]}" for n, line in found]
    return hits


def files_of(*suffixes: str) -> list[Path]:
    return [path for path in tracked_files() if path.suffix in suffixes]


def python_files() -> list[Path]:
    return files_of(".py")


def declared_requirements() -> list[Requirement]:
    """What pyproject.toml asks for, the extras too."""
    project = PYPROJECT["project"]
    words = [*project["dependencies"], *PYPROJECT["build-system"]["requires"]]
    for extra in project["optional-dependencies"].values():
        words += extra
    return [need for need in map(Requirement, words) if need.name != project["name"]]


def locked_versions() -> dict[str, Version]:
    found = re.findall(r"^([A-Za-z0-9._-]+)(?:\[[^]]*\])?==([^\s;\\]+)", LOCK, re.MULTILINE)
    return {canonicalize_name(name): Version(version) for name, version in found}


def test_no_file_names_a_package_registry() -> None:
    assert lines_with(REGISTRY, list(tracked_files())) == []


def test_no_file_names_a_path_of_one_machine() -> None:
    assert lines_with(MACHINE_PATH, list(tracked_files())) == []


def test_nothing_is_left_for_later() -> None:
    written = files_of(".py", ".md", ".toml", ".html", ".txt", ".service", ".sh", "")
    ours = [path for path in written if "fixtures" not in path.parts]
    assert lines_with(UNFINISHED, ours) == []


@pytest.mark.parametrize("need", declared_requirements(), ids=str)
def test_every_dependency_is_locked_at_a_version_it_allows(need: Requirement) -> None:
    locked = locked_versions().get(canonicalize_name(need.name))
    assert locked is not None, f"{need.name} is not in requirements.lock; run `make lock`"
    assert need.specifier.contains(locked), f"{need} does not allow {locked}; run `make lock`"


def test_every_locked_package_has_its_hashes() -> None:
    blocks = re.split(r"^(?=\S)", LOCK, flags=re.MULTILINE)
    bare = [block.splitlines()[0] for block in blocks if "==" in block and "--hash=sha256:" not in block]
    assert bare == []


def test_the_version_stands_in_one_place() -> None:
    assert "version" not in PYPROJECT["project"], "pyproject.toml takes it from bot/__init__.py"
    Version(bot.__version__)
    assigned = re.compile(r"^__version__\s*=", re.MULTILINE)
    found = [path for path in python_files() if assigned.search(path.read_text(encoding="utf-8"))]
    assert found == [ROOT / "bot/__init__.py"]


@pytest.mark.parametrize("path", python_files(), ids=lambda path: str(path.relative_to(ROOT)))
def test_every_module_opens_with_a_sentence(path: Path) -> None:
    docstring = ast.get_docstring(ast.parse(path.read_bytes()))
    assert docstring, f"{path.relative_to(ROOT)} does not say what it is"
    first = docstring.split("\n\n")[0]
    assert first.endswith((".", "?", ":")) or "\n" in first, f"not a sentence: {first!r}"


def test_no_file_of_the_bot_has_grown_too_long() -> None:
    # A migration is a record of what was once done: it is read as one, and never changed again.
    history = ROOT / "bot/store/migrations/versions"
    ours = [path for path in python_files() if path.is_relative_to(ROOT / "bot") and path.parent != history]
    lengths = {str(path.relative_to(ROOT)): path.read_bytes().count(b"\n") for path in ours}
    long = {name: length for name, length in lengths.items() if length > LONGEST_FILE}
    assert long == {}, "split these where the subject changes"


def test_the_licences_are_those_that_are_declared() -> None:
    assert PYPROJECT["project"]["license"] == "Apache-2.0 AND MIT"
    assert PYPROJECT["project"]["license-files"] == ["LICENSE", "NOTICE"]
    assert "The MIT License" in (ROOT / "NOTICE").read_text(encoding="utf-8")
    text = (ROOT / "LICENSE").read_text(encoding="utf-8")
    assert "Apache License" in text.splitlines()[0]
    assert "Version 2.0" in text


@pytest.mark.parametrize(
    ("pattern", "line"),
    [
        (REGISTRY, "pip install --index" + "-url https://mirror.test/simple"),
        (REGISTRY, "https://files.python" + "hosted.org/x.whl"),
        (MACHINE_PATH, "open('/ho" + "me/dana/config.toml')"),
        (MACHINE_PATH, "cd /wo" + "rk/tree"),
        (UNFINISHED, "# TO" + "DO later"),
    ],
)
def test_the_patterns_find_what_they_are_for(pattern: re.Pattern[str], line: str) -> None:
    assert pattern.search(line)


@pytest.mark.parametrize("line", ["ProtectHome=yes", "https://site.test/home/dana", "home/user", "~/work/x"])
def test_an_innocent_line_is_no_machine_path(line: str) -> None:
    assert not MACHINE_PATH.search(line)
