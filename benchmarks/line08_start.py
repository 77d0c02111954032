"""Line 8: how long the commands take to start; against Python importing three of the libraries."""

import os
import re
import socket
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

from benchmarks.figures import Figure, compared, show, timed
from bot.demo.mailserver import EmbeddedMail

ROUNDS = 7
ROOT = Path(__file__).parents[1]
MAIL = ROOT / "fixtures" / "mails" / "01-yes-with-repairs.eml"
FLOOR = [sys.executable, "-c", "import imapclient, sqlalchemy, openpyxl"]
PLAIN = """database = "sqlite:///{folder}/rollcall.db"
site = {{ name = "YourCompany", login_url = "https://learning.yourcompany.test/login" }}
links = {{ url = "https://learning.yourcompany.test", key_file = "{folder}/links.key" }}
guides = {{ course_allocation = "https://help.yourcompany.test/courses" }}
mailboxes = [{{ address = "{user}", imap = {{ host = "127.0.0.1", port = {imap}, security = "none", username = "{user}", password = "x" }} }}]
smtp = {{ host = "127.0.0.1", port = {smtp}, security = "none", username = "{user}", password = "x" }}
customers = [{{ name = "Customer", senders = ["dana@customer.test"] }}]
ops = {{ listen = "" }}
"""  # noqa: E501
USER = "support@yourcompany.test"
# What is installed has its bytecode, and the libraries of the floor have it in any case.
INSTALLED = {key: value for key, value in os.environ.items() if key != "PYTHONDONTWRITEBYTECODE"}
WHERE = (
    "nearly all of it is imports. `preview` loads the mail reader, its words and the settings, and a second "
    "process with the sheet parsers; READY has the schema's migrations, the scheduler and one mailbox check "
    "as well."
)
LIMIT = "Python's own start (about 20 ms) and reading the modules' bytecode."

NEXT = (
    "the second process, with the sheet parsers, costs half a floor of processor. Next: start it before the "
    "mail reader is imported."
)


def run(*arguments: str) -> Callable[[], object]:
    """A rollcall command, run to its end."""
    return lambda: subprocess.run(
        [sys.executable, "-m", "bot", *arguments], check=True, capture_output=True, cwd=ROOT, env=INSTALLED
    )


def bare() -> object:
    """The floor."""
    return subprocess.run(FLOOR, check=True, env=INSTALLED)


def until_ready(folder: Path, config: Path) -> None:
    """`rollcall run` until it tells the service manager READY=1, then stop it."""
    address = folder / "notify"
    address.unlink(missing_ok=True)
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as told:
        told.bind(str(address))
        told.settimeout(60)
        process = subprocess.Popen(
            [sys.executable, "-m", "bot", "run", "--config", str(config)],
            env=INSTALLED | {"NOTIFY_SOCKET": str(address)},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            cwd=ROOT,
        )
        try:
            while not re.search(rb"^READY=1", told.recv(4096), re.MULTILINE):
                pass
        finally:
            process.kill()
            process.wait()


def measure() -> Iterator[Figure]:
    """Each command beside the floor."""
    for work, command, target in (
        ("`rollcall --help`", run("--help"), 1.0),
        ("`rollcall preview` of one mail", run("preview", "--json", str(MAIL)), 1.5),
    ):
        command()  # the first one may have to compile
        pairs = [(timed(command), timed(bare)) for _ in range(ROUNDS)]
        yield compared(8, work, pairs, target=target)
    with tempfile.TemporaryDirectory() as name:
        folder, mail = Path(name), EmbeddedMail({USER: "x"})
        mail.start()
        config = folder / "config.toml"
        config.write_text(PLAIN.format(folder=folder, user=USER, imap=mail.imap_port, smtp=mail.smtp_port))
        until_ready(folder, config)
        pairs = [(timed(lambda: until_ready(folder, config)), timed(bare)) for _ in range(ROUNDS)]
        mail.stop()
    yield compared(8, "`rollcall run` until READY", pairs, target=2.5)


if __name__ == "__main__":
    show(measure())
