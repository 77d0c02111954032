"""Brings Debian's servers onto the machine for `make test-servers`, without letting one of them start."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

MAIL = ("dovecot-imapd", "dovecot-lmtpd", "postfix", "openssl")
# dbconfig-no-thanks keeps OpenDMARC from pulling in a database server.
SENDER_PROOF = ("opendkim", "opendmarc", "dbconfig-no-thanks", "publicsuffix")
DATABASE = ("postgresql",)
BROWSER = ("chromium", "chromium-driver")
OPERATIONS = ("prometheus", "systemd", "lintian", "dpkg-dev", "binutils")
PACKAGES = MAIL + SENDER_PROOF + DATABASE + BROWSER + OPERATIONS
# Another mail server on the machine would be removed by Postfix: that is for its owner to decide.
OTHER_MAIL_SERVERS = ("exim4-daemon-light", "exim4-daemon-heavy", "sendmail-bin", "nullmailer", "msmtp-mta")
SERVICES = ("dovecot", "postfix", "opendkim", "opendmarc", "postgresql", "prometheus")
POLICY = Path("/usr/sbin/policy-rc.d")
DEBCONF = "postfix postfix/main_mailer_type select No configuration\n"


def install() -> None:
    """Install what is missing with apt-get; a machine that has everything is left alone at once."""
    present = installed_packages()
    missing = [name for name in PACKAGES if name not in present]
    if not missing:
        print("The servers are installed.")
        return
    refuse_the_impossible(present, missing)
    environment = os.environ | {"DEBIAN_FRONTEND": "noninteractive", "DEBCONF_NONINTERACTIVE_SEEN": "true"}
    enabled_before = {name for name in SERVICES if Path("/etc/init.d", name).exists()}
    print("Installing: " + " ".join(missing), flush=True)
    with no_service_starts():
        apt_get(environment, "update")
        # The lab writes its own configuration; the system-wide one stays empty.
        subprocess.run(["debconf-set-selections"], check=True, text=True, input=DEBCONF)
        apt_get(environment, "install", "--no-install-recommends", *missing)
    keep_services_off(enabled_before)


def installed_packages() -> set[str]:
    """The names of all packages that are fully installed."""
    query = ["dpkg-query", "-W", "-f", "${Package} ${db:Status-Status}\n"]
    try:
        listing = subprocess.run(query, check=True, text=True, stdout=subprocess.PIPE).stdout
    except FileNotFoundError:
        sys.exit("The server tests install their servers with apt-get and need Debian or a child of it.")
    return {
        name
        for name, _, status in (line.partition(" ") for line in listing.splitlines())
        if status == "installed"
    }


def refuse_the_impossible(present: set[str], missing: list[str]) -> None:
    """Stop with one clear line where installing cannot work or would take something away."""
    if os.geteuid() != 0:
        sys.exit("Installing needs root. Missing: " + " ".join(missing))
    others = present.intersection(OTHER_MAIL_SERVERS)
    if others and "postfix" in missing:
        sys.exit(
            f"Installing Postfix would remove {', '.join(sorted(others))}; remove it first if that is right."
        )


def apt_get(environment: dict[str, str], *words: str) -> None:
    """Run apt-get quietly, waiting for another run of it to finish."""
    quiet = ["apt-get", "-y", "-qq", "-o", "Dpkg::Use-Pty=0", "-o", "DPkg::Lock::Timeout=300"]
    done = subprocess.run(
        [*quiet, *words], check=False, env=environment, stdin=subprocess.DEVNULL, capture_output=True
    )
    if done.returncode:
        sys.stderr.buffer.write(done.stdout + done.stderr)
        sys.exit(f"apt-get {words[0]} failed")


@contextmanager
def no_service_starts() -> Iterator[None]:
    """Deny packages the start of their services (invoke-rc.d asks policy-rc.d) while the block runs."""
    kept = POLICY.with_name("policy-rc.d.kept-by-rollcall-tests")
    if POLICY.exists() and not kept.exists():  # kept already: an earlier run was killed
        POLICY.rename(kept)
    POLICY.write_text("#!/bin/sh\nexit 101\n")
    POLICY.chmod(0o755)
    try:
        yield
    finally:
        POLICY.unlink()
        if kept.exists():
            kept.rename(POLICY)


def keep_services_off(enabled_before: set[str]) -> None:
    """Services that came with this installation do not start at the next boot either."""
    for name in SERVICES:
        if name not in enabled_before and Path("/etc/init.d", name).exists():
            subprocess.run(["update-rc.d", name, "disable"], check=False, stderr=subprocess.DEVNULL)
