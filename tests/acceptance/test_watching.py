"""The real process as operations see it: health, figures and page while it works, systemd, SIGHUP."""

import json
import signal
import socket
import urllib.error
import urllib.request
from pathlib import Path

import pytest

from bot.demo.stage import free_port
from tests.acceptance.scene import Scene, a_message, a_sheet, learners, wait_for


def get(port: int, path: str) -> tuple[int, str]:
    """Status and body; status 0 where nobody listens."""
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=5) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode()
    except OSError:
        return 0, ""


@pytest.fixture
def port(scene: Scene) -> int:
    found = free_port()
    scene.configure(ops={"listen": f"127.0.0.1:{found}"})
    return found


def events(scene: Scene) -> list[dict[str, object]]:
    return [json.loads(line) for line in scene.log().splitlines() if line.startswith("{")]


def test_an_import_shows_in_figures_page_and_log_without_naming_anybody(scene: Scene, port: int) -> None:
    process = scene.start()
    scene.reply_to(
        scene.send(a_message(sheets=[("a.xlsx", a_sheet([*learners("ann", "bob"), ("", "", "x")]))]))
    )
    scene.wait_until_at_rest(1)
    assert get(port, "/healthz")[0] == 200
    figures = wait_for(
        lambda: (
            text
            if 'letters_total{kind="reply",result="sent"} 1.0' in (text := get(port, "/metrics")[1])
            else None
        ),
        "the reply to be counted",
    )
    for line in (
        'rollcall_messages_total{state="answered"} 1.0',
        'rollcall_rows_total{outcome="created"} 2.0',
        'rollcall_rows_total{outcome="invalid"} 1.0',
        "rollcall_reply_latency_seconds_count 1.0",
    ):
        assert line in figures
    ((reference,),) = scene.query("SELECT reference FROM imports")
    wait_for(lambda: reference in get(port, "/status")[1], "the import on the status page")
    assert scene.stop(process) == 0
    assert get(port, "/healthz")[0] == 0
    about = [event for event in events(scene) if event.get("message") == 1]
    assert {event["reference"] for event in about} == {reference}
    for text in (scene.log(), figures):
        assert "customer2" not in text
        assert "New starters" not in text


def test_a_mailbox_out_of_reach_is_no_health(scene: Scene) -> None:
    port = free_port()
    mailbox = scene.settings["mailboxes"][0]
    scene.configure(
        mailboxes=[mailbox | {"imap": mailbox["imap"] | {"port": 1}, "poll_seconds": 1}],
        ops={"listen": f"127.0.0.1:{port}"},
    )
    scene.start()
    page = wait_for(
        lambda: text if "Nothing listens" in (text := get(port, "/status")[1]) else None, "the trouble"
    )
    assert "support" in page
    assert "rollcall_mailbox_trouble" in get(port, "/metrics")[1]


def test_a_taken_port_is_a_mistake_in_the_configuration(scene: Scene, port: int) -> None:
    with socket.create_server(("127.0.0.1", port)):
        process = scene.start()
        assert process.wait(20) == 2
    assert "ops.listen" in scene.log()


def test_a_hangup_changes_the_level_and_nothing_else(scene: Scene, port: int) -> None:
    process = scene.start()
    wait_for(lambda: '"intake"' in scene.log(), "the first check, to its end")
    scene.configure(ops={"listen": f"127.0.0.1:{port}"}, log={"level": "error", "format": "json"}, workers=1)
    process.send_signal(signal.SIGHUP)
    wait_for(lambda: '"reread"' in scene.log(), "the new level")
    assert scene.stop(process) == 0
    told = next(event for event in events(scene) if event["event"] == "reread")
    assert told["needs_restart"] == ["workers"]
    assert events(scene)[-1]["event"] == "reread", "what is at info level is left out from then on"


def test_systemd_hears_ready_only_after_the_mailbox_was_looked_at(
    scene: Scene, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    address = str(tmp_path / "notify")
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as systemd:
        systemd.bind(address)
        systemd.settimeout(30)
        monkeypatch.setenv("NOTIFY_SOCKET", address)
        process = scene.start()
        first = systemd.recv(4096).decode()
        assert "mailbox_connected" in scene.log()
        assert first.splitlines() == ["STATUS=support: watched", "READY=1", "WATCHDOG=1"]
        process.terminate()
        while "STOPPING=1" not in systemd.recv(4096).decode():
            pass
        assert process.wait(15) == 0
