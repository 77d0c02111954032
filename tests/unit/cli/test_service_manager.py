"""What systemd hears, over a real datagram socket, and what the log says."""

import io
import json
import logging
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.cli.logs import EventLog, LibraryHandler, make_log
from bot.cli.notifier import SILENT, Notifier
from bot.cli.run import changed_keys, reread
from bot.runners.watch import MailboxHealth
from bot.settings import load_settings
from tests.acceptance.scene import to_toml
from tests.unit.settings_builders import a_configuration


class Manager:
    """The other end of NOTIFY_SOCKET; `now` is the notifier's clock."""

    def __init__(self, address: str) -> None:
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.socket.bind(address)
        self.socket.settimeout(0.0)
        self.now = 0.0

    def heard(self) -> list[str]:
        """Every line that came, in order."""
        lines: list[str] = []
        while True:
            try:
                lines += self.socket.recv(8192).decode().splitlines()
            except BlockingIOError:
                return lines


@pytest.fixture(params=["path", "abstract"])
def manager(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[tuple[Manager, str]]:
    given = str(tmp_path / "notify") if request.param == "path" else f"@rollcall-{tmp_path.name}"
    made = Manager("\0" + given[1:] if given.startswith("@") else given)
    yield made, given
    made.socket.close()


def test_ready_comes_after_the_first_check_of_every_mailbox(manager: tuple[Manager, str]) -> None:
    systemd, address = manager
    notifier = Notifier(["support", "desk"], address=address, clock=lambda: systemd.now)
    notifier.checked(MailboxHealth(name="support"))
    assert systemd.heard() == ["STATUS=support: watched; desk: not looked at yet", "WATCHDOG=1"]
    notifier.checked(MailboxHealth(name="desk", trouble="Nothing listens\r\nREADY=1"))
    assert systemd.heard() == ["STATUS=support: watched; desk: Nothing listens READY=1"]
    notifier.checked(MailboxHealth(name="desk", holder=False))
    assert systemd.heard()[1:] == ["READY=1", "WATCHDOG=1"]
    notifier.checked(MailboxHealth(name="desk"))
    assert systemd.heard() == ["STATUS=support: watched; desk: watched", "WATCHDOG=1"]
    notifier.stopping()
    assert systemd.heard()[0] == "STOPPING=1"


def test_a_mailbox_that_fell_silent_starves_the_watchdog(manager: tuple[Manager, str]) -> None:
    systemd, address = manager
    notifier = Notifier(["support", "desk"], address=address, clock=lambda: systemd.now)
    systemd.now = SILENT + 1
    notifier.checked(MailboxHealth(name="support"))
    assert "WATCHDOG=1" not in systemd.heard()
    notifier.checked(MailboxHealth(name="desk", trouble="away"))
    notifier.checked(MailboxHealth(name="support"))
    assert systemd.heard()[-1] == "WATCHDOG=1"


def test_no_manager_or_one_that_went_away_is_no_trouble(tmp_path: Path) -> None:
    Notifier(["support"], address="").checked(MailboxHealth(name="support"))
    Notifier(["support"], address=str(tmp_path / "gone")).checked(MailboxHealth(name="support"))


# The log


def lines(out: io.StringIO) -> list[dict[str, object]]:
    return [json.loads(line) for line in out.getvalue().splitlines()]


@pytest.fixture
def out() -> io.StringIO:
    return io.StringIO()


def test_every_line_about_a_message_carries_its_reference(out: io.StringIO) -> None:
    log = EventLog("info", "json", out)
    log("message_postponed", message=7)
    log("import_under_way", message=7, reference="RC-7F3K2Q")
    log("message_settled", message=7)
    log("message_settled", message=8)
    assert [line["reference"] for line in lines(out)] == ["M7", "RC-7F3K2Q", "RC-7F3K2Q", "M8"]


def test_people_control_characters_and_the_values_in_a_traceback_stay_out(out: io.StringIO) -> None:
    log = EventLog("info", "json", out)
    secret = "hunter2"
    try:
        raise ValueError(secret)
    except ValueError as error:
        log("message_failed", reason="550 <jane+x@customer.test>: \x1b[31mno", exception=error)
    (line,) = lines(out)
    assert line["reason"] == "550 <…@customer.test>: \ufffd[31mno"
    assert (line["level"], line["error"]) == ("error", "ValueError")
    assert secret not in out.getvalue()
    assert "traceback" in line


def test_the_level_decides_what_is_left_out_and_can_be_changed(out: io.StringIO) -> None:
    log = EventLog("warning", "json", out)
    log("started")
    log("mailbox_trouble", reason="x")
    log.set_level("info")
    log("started")
    assert [line["event"] for line in lines(out)] == ["mailbox_trouble", "started"]
    assert [line["level"] for line in lines(out)] == ["warning", "info"]


def test_libraries_are_quiet_about_requests_and_heard_when_they_warn(out: io.StringIO) -> None:
    make_log("info", "json")
    make_log("info", "json")
    handlers = [one for one in logging.getLogger().handlers if isinstance(one, LibraryHandler)]
    for handler in handlers:
        logging.getLogger().removeHandler(handler)
    assert len(handlers) == 1
    assert not logging.getLogger("httpx").isEnabledFor(logging.INFO)
    LibraryHandler(EventLog("info", "json", out)).handle(
        logging.LogRecord("urllib3", logging.WARNING, "x.py", 1, "retry for %s", ("a@b.test",), None)
    )
    (line,) = lines(out)
    assert (line["event"], line["library"], line["words"]) == (
        "library_warning",
        "urllib3",
        "retry for …@b.test",
    )


# SIGHUP


def a_file(folder: Path, **changes: object) -> Path:
    smtp = {"host": "127.0.0.1", "port": 1, "security": "none"}
    data: dict[str, object] = {
        "site": {"name": "L", "login_url": "https://l.test"},
        "mailboxes": [{"address": "a@b.test", "imap": smtp}],
        "smtp": smtp,
        "customers": [{"name": "C", "domains": ["c.test"]}],
    }
    path = folder / "config.toml"
    path.write_text(to_toml(data | changes))
    return path


def test_a_hangup_takes_over_the_level_and_names_what_needs_a_restart(
    tmp_path: Path, out: io.StringIO
) -> None:
    before = load_settings(a_file(tmp_path))
    log = EventLog("error", "json", out)
    reread(a_file(tmp_path, log={"level": "warning", "format": "text"}, workers=3), before, log)
    log("started")
    log("mailbox_trouble")
    assert [line["event"] for line in lines(out)] == ["reread", "mailbox_trouble"]
    assert lines(out)[0]["needs_restart"] == ["workers", "log.format"]


def test_a_hangup_with_a_broken_file_changes_nothing(tmp_path: Path, out: io.StringIO) -> None:
    path = tmp_path / "config.toml"
    path.write_text("worker = 1")
    log = EventLog("error", "json", out)
    reread(path, a_configuration(), log)
    log("started")
    assert [line["event"] for line in lines(out)] == ["reread_failed"]


def test_the_same_configuration_has_no_changes() -> None:
    assert changed_keys(a_configuration(), a_configuration()) == []
