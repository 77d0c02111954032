"""Line 9: the backlog on PostgreSQL with one, two and three bots; against one."""

import os
from collections.abc import Iterator

from benchmarks.figures import Figure, show
from benchmarks.lab import a_lab
from benchmarks.line04_backlog import pace
from tests.servers.postgres import Postgres

COUNT = int(os.environ.get("ROLLCALL_BENCH_BACKLOG", "300"))
TARGET = 1.5
WHERE = "as in line 4; several bots share the claims, one at a time holds the mailbox."
LIMIT = (
    "the cores: servers and bots share this machine, so a second bot only helps where one leaves some "
    "idle, and in a backlog one bot has the use of as many cores as it has workers."
)

NEXT = (
    "measure it on a machine with cores to spare, with the mail servers on another, before changing anything."
)


def measure() -> Iterator[Figure]:
    """Each number of bots on a database and a mailbox of its own."""
    with Postgres() as server:
        paces = []
        for bots in (1, 2, 3):
            with a_lab() as lab:
                paces.append(pace(lab, server.url(server.fresh_database()), bots, COUNT))
    for bots, found in zip((2, 3), paces[1:], strict=True):
        yield Figure(
            line=9,
            work=f"PostgreSQL: backlog of {COUNT} with {bots} bots",
            ours=f"{found:.1f} mails/s",
            floor=f"{paces[0]:.1f} mails/s",
            ratio=f"{found / paces[0]:.2f}x",
            target=f"≥ {TARGET}x where cores allow",
            reached=found >= TARGET * paces[0],
        )


if __name__ == "__main__":
    show(measure())
