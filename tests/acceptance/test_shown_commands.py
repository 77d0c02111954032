"""Every command that the documents show is carried out here, or its reason not to be is."""

import os
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from click.testing import CliRunner

from bot.cli import rollcall
from tests.acceptance.nursery import Nursery
from tests.acceptance.scene import Scene, a_message, a_sheet, learners, to_toml
from tests.servers.certificates import Certificates
from tests.unit.test_docs import DOCUMENTS, FENCE, shown_commands
from tests.wire.servers import EmbeddedServers

ROOT = Path(__file__).parents[2]

# In a sentence a command is often named without what it needs: then its help is asked for.
NEEDS_ARGUMENTS = {"approve", "retry", "show", "undo", "preview", "trace", "forget", "backup"}
ASKS_FIRST = {"undo", "forget"}
ELSEWHERE = {
    "rollcall demo": "carried out by test_the_demo_runs",
    "rollcall run": "carried out by `office`, and by every acceptance test",
    "rollcall init": "carried out by test_init_asks_and_the_file_is_good",
    "make demo": "its recipe is `rollcall demo`, carried out by test_the_demo_runs",
    "make test": "runs this very test",
    "make check": "run by .ci/run beside this test",
    "make test-servers": "run by .ci/run beside this test",
    "make dist": "carried out by tests/servers/test_packages.py",
    "make deb": "carried out by tests/servers/test_packages.py",
    "make install": "carried out by tests/servers/test_packages.py below a folder of its own",
    "make score": "the corpora are scored by tests of their own",
    "make exam": "a part of it is read by a unit test",
    "make network": "takes half an hour and its own environment; unit tests try what it made",
    "make encoder": "takes an hour and its own environment; unit tests try what it made",
    "make bench": "takes many minutes",
    "make fuzz": "takes ten minutes",
    "make torture": "takes many minutes",
    "make lock": "asks a package index, and changes requirements.lock",
    "make test-moodle": "needs a Moodle",
}
NOT_OURS = {
    "apt-get": "changes the machine",
    "install": "needs root, and writes to /etc and /var",
    "editor": "is for a person",
    "systemctl": "needs systemd as process 1; the unit is tried by tests/servers/test_systemd_unit.py",
    "journalctl": "needs a journal",
    "cp": "reads the ledger of an installed service",
    "python3": "an environment of its own, as tests/servers/test_packages.py makes one",
    "pip": "an environment of its own, as tests/servers/test_packages.py makes one",
    "python": "keeps a mail server up until Ctrl-C; `mail_lab` is the same",
}


def every_command() -> list[str]:
    """Every command that a document shows to be typed, or names in a sentence."""
    found = {shlex.join(words) for path in DOCUMENTS for words in shown_commands(typed(path))}
    return sorted(found)


def typed(path: Path) -> str:
    """A document without its drawings: of the blocks only those with a prompt or a shell's name."""
    text = path.read_text(encoding="utf-8")
    return FENCE.sub(lambda block: "" if block[0].startswith("```\n") else block[0], text)


def short(command: str) -> str:
    """Program and first word: `make install PREFIX=…` is `make install`."""
    return " ".join(command.split()[:2])


def is_rollcall(command: str) -> bool:
    return command.startswith(("rollcall ", "rollcall-admin ")) and short(command) not in ELSEWHERE


@dataclass
class Office:
    """A service that answered one mail and holds another, ended again; `words` fills in the placeholders."""

    scene: Scene
    words: dict[str, str]

    def invoke(self, command: str, folder: Path) -> tuple[int, str]:
        """Carry out a command as it is shown, on a copy of the ledger; its exit code and output."""
        shutil.copy(self.scene.folder / "rollcall.db", folder)
        written = to_toml(self.scene.settings | {"database": f"sqlite:///{folder}/rollcall.db"})
        (folder / "config.toml").write_text(written, encoding="utf-8")
        copies = {"/var/backups/rollcall.db": "copy.db", "/var/backups/rollcall/rollcall.db": "copy.db"}
        _, *words = [(self.words | copies).get(word, word) for word in shlex.split(command)]
        name = next((word for word in words if not word.startswith("-")), "")
        if name in NEEDS_ARGUMENTS and len(words) == 1:
            words.append("--help")
        done = CliRunner().invoke(
            rollcall,
            words,
            input="y\n" if name in ASKS_FIRST else None,
            env={"ROLLCALL_CONFIG": "config.toml"},
            catch_exceptions=False,
        )
        return done.exit_code, done.output


@pytest.fixture(scope="module")
def office(
    certificates: Certificates, tmp_path_factory: pytest.TempPathFactory, nursery_of_all: Nursery
) -> Iterator[Office]:
    folder = Path(tmp_path_factory.mktemp("office"))
    servers = EmbeddedServers(certificates)
    database = f"sqlite:///{folder}/rollcall.db"
    scene = Scene(servers=servers, database=database, folder=folder, nursery=nursery_of_all)
    process = scene.start()
    mail = scene.send(a_message(sheets=[("a.xlsx", a_sheet(learners("ann", "bob")))]))
    scene.send(a_message(sheets=[("b.xlsx", a_sheet(learners("eve")))], trusted=False))
    scene.wait_until_at_rest(2)
    assert scene.stop(process) == 0
    ((reference,),) = scene.query("SELECT reference FROM imports")
    ((held,),) = scene.query("SELECT id FROM messages WHERE state = 'held'")
    (folder / "mail.eml").write_bytes(mail.as_bytes())
    made = dict.fromkeys(("MAIL.eml", "YOURS.eml", "FILE…"), str(folder / "mail.eml"))
    made |= {"RC-7F3K2Q": reference, "M12": f"M{held}", "ADDRESS": "customer2+bob@customer.test"}
    yield Office(scene=scene, words=made)
    servers.stop()


def test_every_command_is_known_here() -> None:
    unknown = [
        command
        for command in every_command()
        if not is_rollcall(command) and short(command) not in ELSEWHERE and command.split()[0] not in NOT_OURS
    ]
    assert unknown == [], "say in this file how it is tried, or why it cannot be"
    shown = every_command()
    unused = [name for name in ELSEWHERE if not any(short(command) == name for command in shown)]
    assert [name for name in unused if name != "rollcall demo"] == [], "no document shows it any more"
    programs = {command.split()[0] for command in shown}
    assert sorted(NOT_OURS.keys() - programs) == [], "no document shows it any more"


@pytest.mark.parametrize("command", list(filter(is_rollcall, every_command())))
def test_a_shown_command_works(
    office: Office, command: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    code, output = office.invoke(command, tmp_path)
    # The embedded server takes no forged results away, and the probe says so.
    assert code == (2 if "--probe" in command else 0), output
    failed = [line for line in output.splitlines() if line.startswith("XX")]
    assert all("forged results" in line for line in failed), output


@pytest.mark.parametrize("command", [command for command in every_command() if command.startswith("make ")])
def test_a_shown_target_has_a_recipe(command: str) -> None:
    done = subprocess.run(
        ["make", "-n", *shlex.split(command)[1:]], check=False, capture_output=True, text=True, cwd=ROOT
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip()


def run_bot(*words: str, folder: Path, typed: str = "") -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "bot", *words],
        check=False,
        input=typed,
        capture_output=True,
        text=True,
        cwd=folder,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        timeout=55,
    )


def test_the_demo_runs(office: Office, tmp_path: Path) -> None:
    done = run_bot("demo", "--mail", office.words["YOURS.eml"], "--folder", str(tmp_path), folder=tmp_path)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "now have an account" in done.stdout


def test_init_asks_and_the_file_is_good(tmp_path: Path) -> None:
    answers = [
        "support@yourcompany.test",
        "imap.yourcompany.test",
        "smtp.yourcompany.test",
        "tls",
        "starttls",
        "mailbox-password",
        "secret",
        "YourCompany Learning",
        "https://learn.yourcompany.test/login",
        "Customer Ltd",
        "customer.test",
        "https://learn.yourcompany.test",
    ]
    done = run_bot("init", "config.toml", folder=tmp_path, typed="\n".join(answers) + "\n")
    assert done.returncode == 0, done.stdout + done.stderr
    assert (tmp_path / "mailbox-password").read_text() == "secret\n"
    tried = run_bot("check", "--config", "config.toml", folder=tmp_path)
    assert "mail server imap.yourcompany.test:993" in tried.stdout
