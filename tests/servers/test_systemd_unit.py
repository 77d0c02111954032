"""The systemd unit: known to systemd, hardened, each line with its reason, and the bot works within it."""

import re
import subprocess
import sys
from pathlib import Path

import pytest
from openpyxl import Workbook

pytestmark = pytest.mark.servers
SYSTEMD = Path(__file__).parents[2] / "systemd"
UNIT = SYSTEMD / "rollcall.service"
EXPOSURE_ALLOWED = 1.5


@pytest.fixture
def installed_unit(tmp_path: Path) -> Path:
    """The unit as systemd finds it on a machine where the program is in its place."""
    unit = tmp_path / UNIT.name
    unit.write_text(
        re.sub(r"^ExecStart=\S+", "ExecStart=/usr/bin/true", UNIT.read_text("utf-8"), flags=re.MULTILINE)
    )
    return unit


def run(*command: str | Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(list(map(str, command)), check=False, capture_output=True, text=True)


def test_systemd_finds_nothing_wrong_with_the_unit(installed_unit: Path) -> None:
    done = run("systemd-analyze", "verify", installed_unit)
    assert (done.returncode, done.stdout + done.stderr) == (0, "")


def test_the_unit_is_exposed_to_little(installed_unit: Path) -> None:
    done = run("systemd-analyze", "security", "--offline=yes", installed_unit)
    level = re.search(r"exposure level for rollcall.service: ([\d.]+)", done.stdout)
    assert level, done.stdout + done.stderr
    assert float(level[1]) <= EXPOSURE_ALLOWED


def test_every_setting_has_its_reason() -> None:
    service = UNIT.read_text("utf-8").partition("[Service]")[2].partition("[Install]")[0]
    bare = [
        line
        for above, line in zip(service.splitlines(), service.splitlines()[1:], strict=False)
        if "=" in line and not line.startswith("#") and not (above.startswith("#") or "=" in above)
    ]
    assert bare == []


def test_the_account_and_the_directories_are_made(tmp_path: Path) -> None:
    (tmp_path / "etc").mkdir()
    sysusers = run("systemd-sysusers", f"--root={tmp_path}", SYSTEMD / "rollcall.sysusers")
    assert sysusers.returncode == 0, sysusers.stderr
    assert "rollcall:x:" in (tmp_path / "etc/passwd").read_text()
    tmpfiles = run("systemd-tmpfiles", f"--root={tmp_path}", "--create", SYSTEMD / "rollcall.tmpfiles")
    assert tmpfiles.returncode == 0, tmpfiles.stderr
    modes = {
        name: (tmp_path / name).stat().st_mode & 0o777 for name in ("etc/rollcall", "etc/rollcall/secrets")
    }
    assert modes == {"etc/rollcall": 0o750, "etc/rollcall/secrets": 0o700}


# The unit's filter of system calls, no new privileges and no memory that is written and run, put on a process
# by the same means, before it does what Rollcall does.
CONFINED = """
import ctypes, sqlite3, sys, tempfile
libc, seccomp = ctypes.CDLL(None, use_errno=True), ctypes.CDLL("libseccomp.so.2")
seccomp.seccomp_init.restype = ctypes.c_void_p
ALLOW, REFUSE_WITH_EPERM = 0x7FFF0000, 0x00050000 | 1
context = ctypes.c_void_p(seccomp.seccomp_init(REFUSE_WITH_EPERM))
for name in sys.argv[1].split(","):
    number = seccomp.seccomp_syscall_resolve_name(name.encode())
    if number >= 0:
        assert seccomp.seccomp_rule_add(context, ALLOW, number, 0) == 0, name
assert libc.prctl(38, 1, 0, 0, 0) == 0
print("no memory to write and run:", libc.prctl(65, 1, 0, 0, 0) == 0)
assert seccomp.seccomp_load(context) == 0

import os
try:
    os.chroot("/")
except PermissionError:
    print("the filter holds")
from argon2 import PasswordHasher
from bot.sheet.child import LimitedReader
from bot.request.preference import read_preference
from bot.values.request import Segment, SegmentKind, Spoken
from bot.values.sheet import SheetLimits

hasher = PasswordHasher()
print("argon2:", hasher.verify(hasher.hash("a long enough password"), "a long enough password"))
words = "Please let all of our new learners have the account mail."
said = Segment(kind=SegmentKind.TEXT, text=words)
print("network:", read_preference(Spoken(newest_text=words, readings=((said,),))).answer)
with LimitedReader(SheetLimits()) as reader:
    with open(sys.argv[2], "rb") as file:
        reading = reader.read(file.read(), "sheet.xlsx")
print("sheet:", reading.verdict, [row.email for row in reading.rows])
with tempfile.TemporaryDirectory() as directory, sqlite3.connect(directory + "/ledger.db") as ledger:
    print("sqlite:", ledger.execute("PRAGMA journal_mode=WAL").fetchone()[0])
"""


def allowed_calls() -> set[str]:
    """The names of the system calls that the unit's filters leave, as systemd expands them."""
    calls: set[str] = set()
    for line in re.findall(r"^SystemCallFilter=(.+)$", UNIT.read_text("utf-8"), re.MULTILINE):
        named = set().union(*(expand(word) for word in line.lstrip("~").split()))
        calls = calls - named if line.startswith("~") else calls | named
    return calls


def expand(word: str) -> set[str]:
    """`@system-service` is a list of calls and of further groups."""
    if not word.startswith("@"):
        return {word}
    listing = run("systemd-analyze", "syscall-filter", word).stdout.splitlines()[1:]
    names = {line.strip() for line in listing if line.strip() and not line.strip().startswith("#")}
    return set().union(*map(expand, names))


def test_the_filter_leaves_what_a_network_service_needs() -> None:
    calls = allowed_calls()
    assert {"connect", "openat", "clone", "prlimit64", "futex"} <= calls
    assert not {"mount", "ptrace", "reboot", "chroot", "setrlimit"} & calls


def test_passwords_words_sheets_and_the_ledger_work_under_the_filter(tmp_path: Path) -> None:
    sheet = tmp_path / "starters.xlsx"
    workbook = Workbook()
    workbook.active.append(["First name", "Last name", "Email"])
    workbook.active.append(["Jo", "Doe", "jo@customer.test"])
    workbook.save(sheet)
    calls = ",".join(sorted(allowed_calls()))
    done = run(sys.executable, "-c", CONFINED, calls, sheet)
    assert done.stdout.splitlines()[1:] == [
        "the filter holds",
        "argon2: True",
        "network: yes",
        "sheet: ok ['jo@customer.test']",
        "sqlite: wal",
    ], done.stderr
