"""Prints the part of requirements.lock that an installed Rollcall needs: every extra but `dev`."""

import re
import sys
from importlib.metadata import distribution
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

EXTRAS = ("postgres", "dkim", "m365", "gmail", "demo")


def closure(name: str, extras: frozenset[str], seen: set[tuple[str, frozenset[str]]]) -> set[str]:
    """The names of everything that a distribution needs on this machine, itself included."""
    key = (canonicalize_name(name), extras)
    if key in seen:
        return set()
    seen.add(key)
    names = {key[0]}
    for need in map(Requirement, distribution(name).requires or ()):
        if need.marker is None or any(need.marker.evaluate({"extra": extra}) for extra in extras or {""}):
            names |= closure(need.name, frozenset(need.extras), seen)
    return names


def main() -> None:
    wanted = closure("rollcall", frozenset(EXTRAS), set()) - {"rollcall"}
    lock = Path(__file__).parents[1] / "requirements.lock"
    blocks = re.split(r"^(?=\S)", lock.read_text(encoding="utf-8"), flags=re.MULTILINE)
    # A package may be locked twice: for the interpreters up to one version, and for those from it on.
    locked = [(canonicalize_name(block.partition("==")[0]), block) for block in blocks if "==" in block]
    if missing := wanted - {name for name, _ in locked}:
        sys.exit(f"not in requirements.lock: {', '.join(sorted(missing))}; run `make lock`")
    sys.stdout.write("".join(block for name, block in locked if name in wanted))


if __name__ == "__main__":
    main()
