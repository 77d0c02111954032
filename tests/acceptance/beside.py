"""Which processes work messages beside a service."""

import contextlib
from pathlib import Path


def beside(service: int) -> list[int]:
    """The processes of a service that work messages beside it: its fork server's children."""
    return [child for server in fork_servers(service) for child in children(server)]


def fork_servers(service: int) -> list[int]:
    """Python's own, from which the processes beside a service come: nothing else that it starts forks."""
    return [child for child in children(service) if children(child)]


def children(process: int) -> list[int]:
    """Those of any of its threads."""
    found: list[int] = []
    for entry in Path(f"/proc/{process}/task").glob("*/children"):
        with contextlib.suppress(OSError):
            found += map(int, entry.read_text().split())
    return found
