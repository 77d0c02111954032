"""A real PostgreSQL in a directory, on loopback and a Unix socket: a new database for whoever asks."""

import os
import secrets
import shutil
import signal
import subprocess
import tempfile
from pathlib import Path
from types import TracebackType

from tests.servers.daemons import HOST, Daemon, ServerFailed, signal_all
from tests.servers.ports import free_ports

VERSIONS = Path("/usr/lib/postgresql")
# PostgreSQL refuses to run as root.
USER = "postgres"
# A test outlives no power cut, and a killed server loses nothing by these.
SPEED = ("fsync=off", "synchronous_commit=off", "full_page_writes=off")


class Postgres:
    """One cluster with trust for everybody on loopback; use it as a context manager."""

    port: int

    def __init__(self) -> None:
        self._directory: Path | None = None
        self._daemon: Daemon | None = None

    def __enter__(self) -> "Postgres":
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def start(self) -> None:
        """Start it and wait until it answers; the first time in a new directory under /tmp."""
        if self._directory is None:
            self._directory = self._lay_out()
            self.port = free_ports(["postgres"])["postgres"]
        command = [self._program("postgres"), "-D", str(self._directory / "data"), "-p", str(self.port)]
        command += ["-k", str(self._directory), "-c", f"listen_addresses={HOST}"]
        command += [word for setting in SPEED for word in ("-c", setting)]
        # SIGINT is the fast shutdown: open connections are ended, not waited for.
        self._daemon = Daemon(command, log=self._directory / "log", user=USER, last_signal=signal.SIGINT)
        self._daemon.wait_for(self.is_ready)

    def stop(self) -> None:
        """Shut it down at once; open connections break, the data stay for the next start."""
        if self._daemon:
            self._daemon.stop()
            self._daemon = None

    def restart(self) -> None:
        """As an operator's restart: every connection breaks, and a moment later it is there again."""
        self.stop()
        self.start()

    def pause(self) -> None:
        """Freeze it: connections hang."""
        signal_all(self._processes(), signal.SIGSTOP)

    def resume(self) -> None:
        signal_all(self._processes(), signal.SIGCONT)

    def close(self) -> None:
        """Stop it and delete its data."""
        self.stop()
        if self._directory:
            shutil.rmtree(self._directory, ignore_errors=True)
            self._directory = None

    def fresh_database(self) -> str:
        """A new, empty database; returns its name, for `url`."""
        name = "rollcall_" + secrets.token_hex(6)
        self.run_sql(f'CREATE DATABASE "{name}" STRATEGY file_copy')
        return name

    def drop_database(self, name: str) -> None:
        """Delete a database, ending the connections to it."""
        self.run_sql(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')

    def drop_connections(self, name: str) -> None:
        """End every connection to a database, as a failing network would."""
        self.run_sql(f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'")

    def url(self, name: str = "postgres") -> str:
        """The SQLAlchemy URL of a database, by the loopback port."""
        return f"postgresql+psycopg://{USER}@{HOST}:{self.port}/{name}"

    def is_ready(self) -> bool:
        """Does it take connections?"""
        ask = [self._program("pg_isready"), "-q", "-h", HOST, "-p", str(self.port)]
        return subprocess.run(ask, check=False).returncode == 0

    def run_sql(self, statement: str, name: str = "postgres") -> str:
        """What psql prints for one statement, unaligned; an error is raised."""
        if self._directory is None:
            raise ServerFailed("PostgreSQL has not been started")
        where = ["-h", str(self._directory), "-p", str(self.port), "-U", USER, "-d", name]
        ask = [
            self._program("psql"),
            *where,
            "-X",
            "-q",
            "-A",
            "-t",
            "-v",
            "ON_ERROR_STOP=1",
            "-c",
            statement,
        ]
        done = subprocess.run(ask, check=False, capture_output=True, text=True)
        if done.returncode:
            raise RuntimeError(f"psql: {done.stderr.strip()}")
        return done.stdout.strip()

    def _processes(self) -> list[int]:
        if self._daemon is None:
            raise ServerFailed("PostgreSQL is not running")
        return [self._daemon.pid, *self._daemon.children()]

    def _lay_out(self) -> Path:
        directory = Path(tempfile.mkdtemp(prefix="rollcall-postgres-", dir="/tmp"))
        directory.chmod(0o755)
        data = directory / "data"
        data.mkdir()
        drop = []
        if os.geteuid() == 0:
            shutil.chown(directory, USER, USER)
            shutil.chown(data, USER, USER)
            drop = ["setpriv", f"--reuid={USER}", f"--regid={USER}", "--init-groups"]
        make = [*drop, self._program("initdb"), "-D", str(data), "-U", USER, "-A", "trust", "-E", "UTF8"]
        done = subprocess.run(
            [*make, "--no-sync", "--locale=C.UTF-8"], check=False, capture_output=True, text=True, cwd="/"
        )
        if done.returncode:
            raise ServerFailed(f"initdb: {done.stderr.strip()}")
        return directory

    @staticmethod
    def _program(name: str) -> str:
        """The program of the newest version installed (Debian keeps them off the PATH)."""
        found = sorted(VERSIONS.glob(f"*/bin/{name}"), key=lambda path: int(path.parts[-3]))
        if not found:
            raise ServerFailed("PostgreSQL is not installed (python -m tests.servers install)")
        return str(found[-1])
