"""The lab's IMAP server: started, stopped, frozen, cut off, and its mailboxes upset as administrators do."""

import re
import shutil
import signal
import subprocess
import time
from dataclasses import replace

from tests.servers.daemons import Daemon, ServerFailed, greets, signal_all, wait_until
from tests.servers.dovecot_configuration import USER, write_configuration, write_logins
from tests.servers.place import USERS, Login, Place


class Dovecot:
    """Dovecot on its ports; `logins` by user name are what it checks now."""

    def __init__(self, place: Place, logins: dict[str, Login]) -> None:
        self.logins = logins
        self._first_logins = {user: replace(login) for user, login in logins.items()}
        self._place = place
        self._daemon: Daemon | None = None

    def start(self) -> None:
        """Write its configuration, start it and wait for its greetings."""
        write_configuration(self._place)
        write_logins(self._place, self.logins)
        command = ["dovecot", "-F", "-c", str(self._place.etc("dovecot.conf"))]
        self._daemon = Daemon(command, log=self._place.log / "dovecot.log", user=USER)
        self._daemon.wait_for(lambda: self._answers() and greets(self._place.ports["lmtp"], b"220"))

    def stop(self) -> None:
        """Stop it: connections are refused, and mail waits in Postfix."""
        if self._daemon:
            self._daemon.stop(0.3)  # its master lingers for a second, with nothing left to lose
            self._daemon = None

    def pause(self) -> None:
        """Freeze IMAP: clients hang, while delivery goes on."""
        signal_all(self._processes("imap", "imap-login"), signal.SIGSTOP)

    def resume(self) -> None:
        signal_all(self._processes("imap", "imap-login"), signal.SIGCONT)

    def kill(self, *, politely: bool = False) -> None:
        """Drop every IMAP connection, with a BYE or without a word; new ones are taken at once.

        Without a word dies the login process, which holds the TLS connections; the sessions behind it see
        the end and leave. Only those without TLS are killed themselves: that can leave the lock of a folder's
        list of UIDs, for which deliveries and other sessions would wait two minutes.
        """
        sessions = self._processes("imap")
        if politely:
            self._end(sessions, signal.SIGTERM)
        else:
            self._end(self._processes("imap-login"), signal.SIGKILL)
            if not self._have_ended(sessions, 1):
                self._end(sessions, signal.SIGKILL)
        if not wait_until(self._answers, 5):
            raise ServerFailed("IMAP did not come back")

    def bring_up(self) -> None:
        """Running and thawed, whatever a test left it as."""
        if self._daemon and self._daemon.alive():
            self.resume()
        else:
            self.stop()
            self.start()

    def set_password(self, user: str, password: str) -> None:
        """Change a password, for IMAP and SMTP, from the next login on."""
        self.logins[user].password = password
        self._rewrite_logins()

    def set_quota(self, user: str, limit: int | None) -> None:
        """Bound a user's mailboxes to so many bytes, from its next login or delivery on."""
        self.logins[user].quota = limit
        self._rewrite_logins()

    def forget_changes(self) -> None:
        """Every password and quota is as it was at first."""
        if self.logins != self._first_logins:
            self.logins.update((user, replace(login)) for user, login in self._first_logins.items())
            self._rewrite_logins()

    def bump_uidvalidity(
        self, user: str = "support", folder: str = "INBOX", *, keep_uids: bool = False
    ) -> tuple[int, int]:
        """Give a folder a new UIDVALIDITY, and new UIDs unless `keep_uids`, which is the nastier case.

        Returns the UIDVALIDITY before and after. Sessions are dropped, as a server that does this would.
        """
        before = self._uidvalidity(user, folder)
        self._end(self._processes("imap"), signal.SIGTERM)
        if not keep_uids:
            self._forget_uids(user, folder)
        new = max(int(time.time()), before + 1)
        self.doveadm("mailbox", "update", "-u", user, "--uid-validity", str(new), folder)
        return before, self._uidvalidity(user, folder)

    def empty(self) -> None:
        """Drop every connection and delete all mail and folders."""
        self._end(self._processes("imap"), signal.SIGKILL)
        for user in USERS:
            shutil.rmtree(self._place.directory / "mail" / user, ignore_errors=True)

    def doveadm(self, *words: str) -> str:
        """What `doveadm` prints when asked with this lab's configuration; its errors are raised."""
        drop = ["setpriv", f"--reuid={USER}", f"--regid={USER}", "--init-groups"]
        command = [*drop, "doveadm", "-c", str(self._place.etc("dovecot.conf")), *words]
        done = subprocess.run(command, check=False, capture_output=True, text=True, cwd="/")
        if done.returncode:
            raise RuntimeError(f"doveadm {' '.join(words)}: {done.stderr.strip()}")
        return done.stdout

    def _rewrite_logins(self) -> None:
        write_logins(self._place, self.logins)
        written = int(time.time())
        wait_until(lambda: int(time.time()) > written, 2)  # Dovecot looks once a second at most

    def _answers(self) -> bool:
        return greets(self._place.ports["imap"], b"* OK")

    def _processes(self, *names: str) -> list[int]:
        if self._daemon is None:
            raise ServerFailed("Dovecot is not running")
        return self._daemon.children(*names)

    def _end(self, pids: list[int], number: int) -> None:
        signal_all(pids, number)
        if not self._have_ended(pids, 5):
            raise ServerFailed("an IMAP process would not end")

    def _have_ended(self, pids: list[int], seconds: float) -> bool:
        return wait_until(lambda: not set(pids) & set(self._processes()), seconds)

    def _uidvalidity(self, user: str, folder: str) -> int:
        text = self.doveadm("-f", "flow", "mailbox", "status", "-u", user, "uidvalidity", folder)
        found = re.search(r"uidvalidity=(\d+)", text)
        if not found:
            raise RuntimeError(f"no UIDVALIDITY in {text!r}")
        return int(found[1])

    def _forget_uids(self, user: str, folder: str) -> None:
        home = self._place.directory / "mail" / user / "maildir"
        where = home if folder.upper() == "INBOX" else home / ("." + folder.replace("/", "."))
        for path in where.iterdir():
            if path.name.startswith(("dovecot.index", "dovecot-uidlist")):
                path.unlink()
