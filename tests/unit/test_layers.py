"""Imports go down only: the layers of ARCHITECTURE.md, held against every import in `bot/`."""

import ast
import sys
from collections.abc import Iterator
from functools import cache
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
BOT = ROOT / "bot"
# Lowest first. What stands side by side in one line does not know each other.
LAYERS: tuple[frozenset[str], ...] = tuple(
    frozenset(layer.split())
    for layer in (
        "errors",
        "values",
        "settings ports",
        "mail",
        "request sheet learners reply",
        "store directories wire runners portal ops",
        "app",
        "demo",
        "cli",
        "__main__",
    )
)
FORBIDDEN_NAMES = {"utils", "util", "helpers", "helper", "common", "core", "misc", "shared", "lib"}


def module_name(path: Path) -> str:
    """`bot/mail/__init__.py` is bot.mail, `bot/mail/parse.py` is bot.mail.parse."""
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


MODULES = {module_name(path): path for path in sorted(BOT.rglob("*.py"))}


def part_of(module: str) -> str:
    """The folder or file directly under `bot/` that a module belongs to; '' for `bot` itself."""
    return [*module.split("."), ""][1]


def rank_of(part: str) -> int | None:
    return next((rank for rank, layer in enumerate(LAYERS) if part in layer), None)


def imports_in(source: str, package: str) -> Iterator[tuple[int, str]]:
    """(line, module) of every import of ours, wherever it stands: in functions and TYPE_CHECKING too.

    `package` is where relative imports count from.
    """
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            base = absolute_base(node, package)
            names = [submodule_or_self(base, alias.name) for alias in node.names]
        elif isinstance(node, ast.Call):
            names = imported_by_name(node)
        else:
            continue
        yield from ((node.lineno, name) for name in names if name.split(".")[0] == "bot")


def absolute_base(node: ast.ImportFrom, package: str) -> str:
    """The module after `from`, with leading dots counted up from the package."""
    if not node.level:
        return node.module or ""
    above = package.split(".")
    above = above[: len(above) - node.level + 1]
    return ".".join([*above, node.module] if node.module else above)


def submodule_or_self(base: str, name: str) -> str:
    """`from bot.mail import parse` imports bot.mail.parse; `from bot.errors import Temporary` bot.errors."""
    return f"{base}.{name}" if f"{base}.{name}" in MODULES else base


def imported_by_name(node: ast.Call) -> list[str]:
    """The module of `import_module("…")` or `__import__("…")` where the name is written out."""
    called = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
    if called not in ("import_module", "__import__"):
        return []
    constants = (word.value for word in node.args[:1] if isinstance(word, ast.Constant))
    return [value for value in constants if isinstance(value, str)]


@cache
def imports_of(module: str) -> list[tuple[int, str]]:
    path = MODULES[module]
    package = module if path.name == "__init__.py" else module.rpartition(".")[0]
    return list(imports_in(path.read_text(encoding="utf-8"), package))


def fault_of(importer: str, imported: str) -> str | None:
    """What is wrong with one part of `bot/` importing another, in words; None where nothing is."""
    if importer == imported or not importer or not imported:
        return None
    upper, lower = rank_of(importer), rank_of(imported)
    if upper is None or lower is None:
        return None  # reported by the test that every part has its layer
    if upper == lower:
        return f"{importer} and {imported} are neighbours and do not know each other"
    if upper < lower:
        return f"{importer} lies below {imported}"
    return None


def test_every_part_of_the_bot_has_its_layer() -> None:
    strays = sorted({part_of(name) for name in MODULES if part_of(name) and rank_of(part_of(name)) is None})
    assert not strays, f"in no layer: {strays}; give each its place here and in ARCHITECTURE.md"


@pytest.mark.parametrize("module", MODULES)
def test_imports_go_down_only(module: str) -> None:
    path = MODULES[module].relative_to(ROOT)
    faults = [
        f"{path}:{line} imports {imported}: {fault}"
        for line, imported in imports_of(module)
        if (fault := fault_of(part_of(module), part_of(imported)))
    ]
    assert not faults, "\n" + "\n".join(faults)


def test_the_bot_itself_imports_nothing_of_its_own() -> None:
    assert imports_of("bot") == [], "bot/__init__.py holds the version and nothing else"


def test_no_two_modules_import_each_other() -> None:
    graph = {name: {imported for _, imported in imports_of(name)} - {name} for name in MODULES}
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as cycle:
        pytest.fail("a circle of imports: " + " → ".join(reversed(cycle.args[1])))


def test_no_folder_has_a_name_that_says_nothing() -> None:
    code = [path for path in BOT.rglob("*") if path.is_dir() or path.suffix == ".py"]
    named = [path.relative_to(ROOT) for path in code if path.stem in FORBIDDEN_NAMES]
    assert not named, f"name these for what they do: {list(map(str, named))}"


def test_no_folder_shadows_the_standard_library() -> None:
    folders = {path.parent for path in MODULES.values()}
    shadows = [str(path.relative_to(ROOT)) for path in folders if path.name in sys.stdlib_module_names]
    assert not shadows, f"these folders have the name of a standard module: {shadows}"


def test_every_folder_says_what_it_is() -> None:
    silent = [path.parent for name, path in MODULES.items() if not (path.parent / "__init__.py").exists()]
    assert not silent, f"no __init__.py with a line about the folder: {sorted(set(map(str, silent)))}"


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ("import bot.mail.parse", "bot.mail.parse"),
        ("from bot.errors import Temporary", "bot.errors"),
        ("def f():\n    from bot.values import learner", "bot.values.learner"),
        ("if TYPE_CHECKING:\n    import bot.ports", "bot.ports"),
        ("from ..values import learner", "bot.values.learner"),
        ("from . import parse as p", "bot.mail.parse"),
        ("importlib.import_module('bot.store')", "bot.store"),
    ],
)
def test_an_import_is_found_wherever_it_hides(source: str, found: str) -> None:
    assert [name for _, name in imports_in(source, "bot.mail")] == [found]


@pytest.mark.parametrize(
    ("importer", "imported", "allowed"),
    [
        ("mail", "values", True),
        ("app", "store", True),
        ("cli", "demo", True),
        ("values", "mail", False),
        ("request", "sheet", False),
        ("store", "wire", False),
        ("settings", "ports", False),
        ("demo", "cli", False),
    ],
)
def test_the_rule_itself(importer: str, imported: str, allowed: bool) -> None:
    assert (fault_of(importer, imported) is None) is allowed
