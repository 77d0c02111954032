"""What is handed out is whole: the wheel, the source release, an installation and the Debian package."""

import os
import shutil
import subprocess
import sys
import tarfile
import tempfile
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

import bot

ROOT = Path(__file__).parents[2]
pytestmark = pytest.mark.servers


def run(*command: str | Path, **more: str) -> subprocess.CompletedProcess[str]:
    """Run a program in the checkout with more in its environment; a failure shows what it said."""
    environment = os.environ | {"VENV": sys.prefix} | more
    words = list(map(str, command))
    done = subprocess.run(words, check=False, capture_output=True, text=True, cwd=ROOT, env=environment)
    assert done.returncode == 0, done.stdout + done.stderr
    return done


@pytest.fixture(scope="module")
def dist(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A directory with the wheel and the source release."""
    where = Path(tmp_path_factory.mktemp("dist"))
    run(Path(sys.prefix, "bin/hatchling"), "build", "-d", where)
    return where


@pytest.fixture(scope="module")
def package(dist: Path) -> Path:
    """The Debian package."""
    run(ROOT / "deploy/build-deb", dist, DIST=str(dist), XZ_LEVEL="1")
    (found,) = dist.glob("rollcall_*.deb")
    return found


def test_the_wheel_holds_the_whole_bot_and_nothing_else(dist: Path) -> None:
    (wheel,) = dist.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        packed = {name for name in archive.namelist() if ".dist-info/" not in name}
    kept = {path for path in (ROOT / "bot").rglob("*") if path.is_file() and "__pycache__" not in path.parts}
    assert packed == {str(path.relative_to(ROOT)) for path in kept}


def test_the_source_release_can_install_itself(dist: Path) -> None:
    (release,) = dist.glob("*.tar.gz")
    with tarfile.open(release) as archive:
        names = {name.partition("/")[2] for name in archive.getnames()}
    needed = {"Makefile", "LICENSE", "README.md", "requirements.lock", "config.example.toml"}
    needed |= {"deploy/install", "deploy/stage", "systemd/rollcall.service", "docs/install.md"}
    assert needed <= names


def test_an_installation_is_laid_out_and_runs(dist: Path, tmp_path: Path) -> None:
    before = tmp_path / "opt/rollcall/of-the-release-before"
    before.parent.mkdir(parents=True)
    before.touch()
    run(ROOT / "deploy/install", tmp_path, "/opt/rollcall", DIST=str(dist))
    assert not before.exists()
    assert [path.name for path in (tmp_path / "opt").iterdir()] == ["rollcall"]
    assert (tmp_path / "usr/local/bin/rollcall").readlink() == Path("/opt/rollcall/bin/rollcall")
    unit = (tmp_path / "etc/systemd/system/rollcall.service").read_text("utf-8")
    assert "ExecStart=/opt/rollcall/bin/rollcall run" in unit
    program = tmp_path / "opt/rollcall/bin/python"
    assert bot.__version__ in run(program, "-m", "bot", "--version").stdout
    assert str(tmp_path) not in (tmp_path / "opt/rollcall/bin/rollcall").read_text("utf-8")


def test_an_installation_that_fails_leaves_the_one_before(dist: Path, tmp_path: Path) -> None:
    before = tmp_path / "opt/rollcall/bin/rollcall"
    before.parent.mkdir(parents=True)
    before.write_text("of the release before")
    command = [ROOT / "deploy/stage", tmp_path, "/opt/rollcall"]
    nothing_to_install_from = {
        "PIP_NO_INDEX": "1",
        "PIP_FIND_LINKS": "",
        "DIST": str(dist),
        "VENV": sys.prefix,
    }
    failed = subprocess.run(
        command, check=False, capture_output=True, env=os.environ | nothing_to_install_from
    )
    assert failed.returncode
    assert before.read_text() == "of the release before"
    assert [path.name for path in (tmp_path / "opt").iterdir()] == ["rollcall"]


@pytest.fixture
def machine() -> Iterator[Path]:
    """A folder that every account may enter, with the places of an installation in it."""
    folder = Path(tempfile.mkdtemp(prefix="rollcall-admin-", dir="/tmp"))
    for name in ("etc/secrets", "var", "run"):
        (folder / name).mkdir(parents=True)
    for path in [folder, *folder.iterdir()]:
        path.chmod(0o755)
    yield folder
    shutil.rmtree(folder)


def test_rollcall_admin_runs_as_the_service_with_its_secrets(machine: Path) -> None:
    program = machine / "rollcall"
    program.write_text(
        '#!/bin/sh\nid -un; pwd; cat "$CREDENTIALS_DIRECTORY/secret_mailbox"; umask; exit "$1"\n'
    )
    program.chmod(0o755)
    (machine / "etc/secrets/mailbox").write_text("hunter2\n")
    (machine / "etc/secrets/mailbox").chmod(0o600)
    script = (ROOT / "deploy/rollcall-admin").read_text("utf-8")
    for theirs, ours in (
        ("/opt/rollcall/bin/rollcall", str(program)),
        ("/etc/rollcall", f"{machine}/etc"),
        ("/var/lib/rollcall", f"{machine}/var"),
        ("/run/", f"{machine}/run/"),
        ("rollcall:rollcall", "nobody:nogroup"),
        ("-o rollcall -g rollcall", "-o nobody -g nogroup"),
        ("--reuid=rollcall --regid=rollcall", "--reuid=nobody --regid=nogroup"),
    ):
        assert theirs in script
        script = script.replace(theirs, ours)
    done = subprocess.run(
        ["sh", "-c", script, "rollcall-admin", "2"], check=False, capture_output=True, text=True
    )
    assert done.stdout.splitlines() == ["nobody", f"{machine}/var", "hunter2", "0077"], done.stderr
    assert done.returncode == 2, "the exit code is the command's"
    assert list((machine / "run").iterdir()) == [], "no copy of a secret stays"


def test_the_debian_package_has_no_errors(package: Path) -> None:
    done = subprocess.run(["lintian", str(package)], check=False, capture_output=True, text=True)
    assert [line for line in done.stdout.splitlines() if line.startswith("E:")] == []


def test_what_the_debian_package_brings_works(package: Path, tmp_path: Path) -> None:
    run("dpkg-deb", "--extract", package, tmp_path)
    program = tmp_path / "usr/lib/rollcall/bin/python"
    assert bot.__version__ in run(program, "-m", "bot", "--version").stdout
    # Stripped of their debug symbols, its compiled libraries still load.
    compiled = "argon2.low_level, chardet, cryptography.fernet, numpy, psycopg, pydantic, python_calamine, "
    compiled += "rapidfuzz.fuzz, selectolax.lexbor, sqlalchemy"
    run(program, "-c", f"import {compiled}")
