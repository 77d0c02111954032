"""Free loopback ports for servers that must be told theirs beforehand."""

import random
import socket
from collections.abc import Iterable

from tests.servers.daemons import HOST

# Below the range that outgoing connections take theirs from (net.ipv4.ip_local_port_range), lest one of
# them be in the way when the server comes to listen.
CANDIDATES = range(18_000, 31_000)


def free_ports(names: Iterable[str]) -> dict[str, int]:
    """A free port for each name, all different."""
    held: list[socket.socket] = []
    try:
        return {name: _hold_one(held) for name in names}
    finally:
        for taken in held:
            taken.close()


def _hold_one(held: list[socket.socket]) -> int:
    for port in random.sample(CANDIDATES, 200):
        candidate = socket.socket()
        # As the servers do; else a port whose last connection is in TIME_WAIT looks taken.
        candidate.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            candidate.bind((HOST, port))
            candidate.listen(1)
        except OSError:
            candidate.close()
            continue
        held.append(candidate)
        return port
    raise OSError("no free port between 18000 and 31000")
