"""The commands as an operator meets them: what is wrong is named with its mend, never a traceback."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.acceptance.nursery import Nursery
from tests.acceptance.scene import Scene, a_message, a_sheet, learners, wait_for
from tests.servers.certificates import Certificates

ROOT = Path(__file__).parents[2]


def rollcall(*arguments: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "bot", *arguments],
        capture_output=True,
        text=True,
        timeout=60,
        cwd=cwd,
        check=False,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
    )


def test_a_wrong_or_missing_key_is_named_with_its_file(tmp_path: Path) -> None:
    (tmp_path / "config.toml").write_text(
        'databse = "sqlite:///x.db"\n[site]\nname = "x"\n', encoding="utf-8"
    )
    done = rollcall("run", "--config", "config.toml", cwd=tmp_path)
    assert done.returncode == 2
    assert "config.toml: databse: is not a key of Rollcall" in done.stderr
    assert "config.toml: site.login_url: is missing" in done.stderr
    assert "Traceback" not in done.stderr


def test_without_a_configuration_the_way_on_is_told(tmp_path: Path) -> None:
    done = rollcall("status", cwd=tmp_path)
    assert done.returncode == 2
    assert "rollcall demo" in done.stderr


def test_check_finds_all_well(scene: Scene) -> None:
    printed = scene.command("check")
    assert "XX" not in printed
    assert "IDLE" in printed


def changed_login(scene: Scene, server: str, **changes: object) -> None:
    """The scene's configuration with another login for one server."""
    if server == "imap":
        mailbox = scene.settings["mailboxes"][0]
        scene.configure(mailboxes=[mailbox | {"imap": mailbox["imap"] | changes}])
    else:
        scene.configure(smtp=scene.settings["smtp"] | changes)


@pytest.mark.parametrize("server", ["imap", "smtp"])
@pytest.mark.parametrize(
    ("change", "words"),
    [({"password": "wrong"}, "password"), ({"port": 1}, ".port"), ({"ca_file": "STRANGER"}, "certificate")],
    ids=["wrong password", "closed port", "bad certificate"],
)
def test_check_names_what_is_wrong_in_a_line_and_how_to_mend_it(
    scene: Scene, certificates: Certificates, server: str, change: dict[str, object], words: str
) -> None:
    if change.get("ca_file"):
        change = {"ca_file": str(certificates.stranger)}
    changed_login(scene, server, **change)
    printed = scene.command("check", "--json", code=2)
    lines = [json.loads(line) for line in printed.splitlines()]
    (broken,) = [line for line in lines if line["health"] == "failed"]
    assert words in f"{broken['detail']} {broken['mend']}".lower()
    assert broken["mend"]


def test_run_tries_again_and_status_shows_why(scene: Scene) -> None:
    changed_login(scene, "imap", port=1)
    scene.start()
    wait_for(lambda: "mailbox_trouble" in scene.log(), "a first failed connection")
    wait_for(lambda: "refused" in scene.command("status", code=None), "status to tell it")


def test_list_show_and_trace_tell_what_was_done(scene: Scene) -> None:
    scene.start()
    mail = scene.send(a_message(sheets=[("a.xlsx", a_sheet(learners("ann", "bob")))]))
    scene.reply_to(mail)
    scene.wait_until_at_rest(1)
    ((reference,),) = scene.query("SELECT reference FROM imports")
    assert reference in scene.command("list")
    shown = scene.command("show", reference)
    assert "customer2+ann@customer.test" in shown
    assert "created" in shown
    assert (
        json.loads(scene.command("show", reference, "--json"))["imports"][0]["record"]["reference"]
        == reference
    )
    standing = json.loads(scene.command("status", "--json"))
    assert standing["outbox_waiting"] == 0
    assert len(standing["nodes"]) == 1, "it is known from its start on"
    path = scene.folder / "mail.eml"
    path.write_bytes(mail.as_bytes())
    assert "import: a learner sheet" in scene.command("trace", str(path))


def test_undo_takes_back_what_nobody_used(scene: Scene) -> None:
    scene.start()
    scene.reply_to(scene.send(a_message(sheets=[("a.xlsx", a_sheet(learners("ann", "bob")))])))
    scene.wait_until_at_rest(1)
    ((reference,),) = scene.query("SELECT reference FROM imports")
    assert "2 deactivated" in scene.command("undo", reference, "--yes")
    assert scene.query("SELECT count(*) FROM accounts WHERE active") == [(0,)]


def test_a_second_bot_on_the_same_file_is_refused(scene: Scene) -> None:
    if not scene.database.startswith("sqlite"):
        pytest.skip("several bots may share PostgreSQL")
    scene.start()
    wait_for(lambda: "mailbox_connected" in scene.log(), "the first bot")
    assert "already serves this ledger" in scene.command("run", code=2)


PREVIEWED = sorted(
    path
    for folder in ("mails", "mime", "forged", "automatic", "newest", "sheets")
    for path in (ROOT / "fixtures" / folder).rglob("*")
    if path.is_file() and path.suffix not in (".py", ".json", ".pyc", ".jsonl", ".md", ".toml")
)
SHEET_KEYS = {"file", "kind", "verdict", "problem", "rows"}
MESSAGE_KEYS = {
    "file",
    "kind",
    "decision",
    "reason",
    "sender",
    "automated",
    "preference",
    "newest_text",
    "sheets",
}


def test_every_fixture_previews_as_one_json_object(tmp_path: Path, nursery: Nursery) -> None:
    code, printed = nursery.run(["preview", "--json", *[str(path) for path in PREVIEWED]], tmp_path)
    assert code == 0, printed
    found = [json.loads(line) for line in printed.splitlines()]
    assert len(found) == len(PREVIEWED)
    for each in found:
        assert set(each) >= (SHEET_KEYS if each["kind"] == "sheet" else MESSAGE_KEYS), each["file"]


def test_any_file_at_all_previews_as_one_json_object(tmp_path: Path) -> None:
    files = {
        "empty": b"",
        "zeros": bytes(5000),
        "text.txt": b"hello",
        "half.eml": b"From: a\nSub",
        "\N{SNOWMAN}.csv": b"a,b",
    }
    for name, content in files.items():
        (tmp_path / name).write_bytes(content)
    done = rollcall("preview", "--json", *files, "missing.xlsx", ".", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert len([json.loads(line) for line in done.stdout.splitlines()]) == len(files) + 2


def test_preview_without_a_file_is_a_wrong_call(tmp_path: Path) -> None:
    assert rollcall("preview", cwd=tmp_path).returncode == 2
