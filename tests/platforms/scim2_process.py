"""scim2-server, a real SCIM server from PyPI, as a process of its own on the loopback."""

import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from tests.platforms.loopback import until

TOKEN = "real-scim-token"

_START = "import sys; from scim2_server.testserver.cli import main; sys.argv[0] = 'scim2-server'; main()"


@contextmanager
def run_scim2_server(*options: str) -> Iterator[str]:
    """The address of its base, such as http://127.0.0.1:4711/v2; the process ends with the block."""
    port = free_port()
    command = [sys.executable, "-c", _START, "--port", str(port), "--bearer-token", TOKEN, *options]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        if not until(lambda: listens(port) or process.poll() is not None, 20) or process.poll() is not None:
            raise RuntimeError("scim2-server did not start")
        yield f"http://127.0.0.1:{port}/v2"
    finally:
        process.kill()
        process.wait()


def free_port() -> int:
    """A port that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def listens(port: int) -> bool:
    """Whether somebody does."""
    with suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=0.2):
        return True
    return False
