"""A real mail server in a directory: Dovecot and Postfix on loopback, with levers for all that goes wrong."""

import imaplib
import os
import re
import secrets
import shutil
import smtplib
import socket
import ssl
import tempfile
from email.message import EmailMessage
from pathlib import Path
from types import TracebackType

from tests.servers import milters
from tests.servers.certificates import give_key_to, make_certificates
from tests.servers.daemons import HOST, Daemon, ServerFailed
from tests.servers.dovecot import Dovecot
from tests.servers.dovecot_configuration import USER
from tests.servers.faults import WORTH_LOSING, Faults, LostAnswer, SmtpFault
from tests.servers.place import MX, USERS, LabOptions, Login, Place
from tests.servers.ports import free_ports
from tests.servers.postfix import Postfix
from tests.servers.sidecar import Sidecar
from tests.servers.zone import Zone
from tests.wire.pair import MailPair, MailUser

PORTS = ("imap", "imaps", "lmtp", "sasl", "mx", "submission", "submissions", "submission_plain")
AUTH_PORTS = ("opendkim", "opendmarc", "mx_haproxy")


class MailLab:
    """One mail server with the users of `USERS`, alone on its ports; use it as a context manager.

    `imap` and `smtp` hold the levers of each server; `zone` is the DNS that `auth` consults. `ports` by name:
    imap, imaps, submission (STARTTLS), submissions (TLS), submission_plain, mx (takes mail from anybody, as
    from the Internet), unreliable_imaps and unreliable_submissions (where `lose_ack` strikes),
    mistrusted_imaps and mistrusted_submissions (with a certificate to refuse) and, with `auth`,
    mx_from_yourcompany, mx_from_customer and mx_from_stranger (the MX as these networks reach it).
    """

    imap: Dovecot
    smtp: Postfix
    place: Place

    def __init__(self, options: LabOptions | None = None) -> None:
        self.options = options or LabOptions()
        self.logins = {user: Login(password=secrets.token_urlsafe(12)) for user in USERS}
        self.faults = Faults()
        self.zone = Zone()
        self._sidecar = Sidecar(self.faults)
        self._milters: list[Daemon] = []
        self._directory: Path | None = None

    def __enter__(self) -> "MailLab":
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def start(self) -> None:
        """Lay everything out in a new directory under /tmp and start it."""
        if os.geteuid() != 0:
            raise ServerFailed("Postfix must be started as root")
        # Not pytest's tmp_path: that is closed to the servers' users, and too long a name for their sockets.
        self._directory = Path(tempfile.mkdtemp(prefix="rollcall-mail-", dir="/tmp"))
        self._directory.chmod(0o755)
        self._sidecar.start()
        try:
            self.place = self._lay_out(self._directory)
            self.imap, self.smtp = Dovecot(self.place, self.logins), Postfix(self.place)
            self.imap.start()
            if self.options.auth:
                self._milters = milters.start_milters(self.place)
            self.smtp.start()
        except BaseException:
            self.stop()
            raise

    def stop(self) -> None:
        """End every process it started and delete the directory."""
        if hasattr(self, "smtp"):
            self.smtp.stop()
        for daemon in self._milters:
            # libmilter looks for its SIGTERM every five seconds; these have nothing to lose.
            daemon.stop(0.1)
        if hasattr(self, "imap"):
            self.imap.stop()
        self._sidecar.stop()
        if self._directory:
            shutil.rmtree(self._directory, ignore_errors=True)

    @property
    def ports(self) -> dict[str, int]:
        return self.place.ports

    def _lay_out(self, directory: Path) -> Place:
        """Certificates, ports, and the sidecar's part of them."""
        certificates = make_certificates(directory / "tls", MX)
        give_key_to(certificates, USER)
        ports = free_ports(PORTS + (AUTH_PORTS if self.options.auth else ()))
        ports["policy"] = self._sidecar.serve_policy()
        for protocol, clear, secure in (
            ("imap", "imap", "imaps"),
            ("smtp", "submission_plain", "submissions"),
        ):
            ports[f"unreliable_{secure}"] = self._sidecar.serve_unreliable(
                protocol, ports[clear], certificates
            )
            ports[f"mistrusted_{secure}"] = self._sidecar.serve_mistrusted(ports[clear], certificates)
        resolver = free_resolver_address() if self.options.auth else ""
        place = Place(
            directory=directory,
            options=self.options,
            certificates=certificates,
            ports=ports,
            resolver=resolver,
        )
        place.etc().mkdir()
        place.log.mkdir()
        if self.options.auth:
            for name, address in milters.ORIGINS.items():
                ports[f"mx_from_{name}"] = self._sidecar.serve_origin(address, ports["mx_haproxy"])
            self.zone.records = milters.make_zone(place)
            self._sidecar.serve_zone(self.zone, resolver)
            milters.write_configuration(place)
        return place

    def pair(self, *, unreliable: bool = False) -> MailPair:
        """The lab as a pair of servers; `unreliable` through the ports where `lose_ack` strikes."""
        prefix = "unreliable_" if unreliable else ""
        return MailPair(
            imap_host=HOST,
            imap_port=self.ports[f"{prefix}imaps"],
            imap_security="tls",
            smtp_host=HOST,
            smtp_port=self.ports["unreliable_submissions" if unreliable else "submission"],
            smtp_security="tls" if unreliable else "starttls",
            ca_file=str(self.place.certificates.authority),
            users={
                user: MailUser(address=address, login=user, password=self.logins[user].password)
                for user, address in USERS.items()
            },
        )

    def describe(self) -> str:
        """What a person needs to use the lab by hand."""
        lines = [f"directory  {self.place.directory}", f"CA file    {self.place.certificates.authority}"]
        lines += [
            f"user       {name}  {USERS[name]}  {login.password}" for name, login in self.logins.items()
        ]
        return "\n".join(lines + [f"port       {port}  {name}" for name, port in self.ports.items()])

    def smtp_fault(self, **words: object) -> SmtpFault:
        """Order a fault with the fields of `SmtpFault`, such as `reply="451", times=1`."""
        fault = SmtpFault(**words)  # type: ignore[arg-type]
        self.faults.smtp.append(fault)
        return fault

    def lose_ack(self, protocol: str = "smtp", *, match: str = "", times: int = 1) -> LostAnswer:
        """On the unreliable ports: let the server do what a client line asks, and lose its answer.

        `match` is a regular expression on the line; by default the end of DATA, or a change to the mailbox.
        """
        pattern = re.compile((match or WORTH_LOSING[protocol]).encode(), re.MULTILINE | re.IGNORECASE)
        fault = LostAnswer(protocol=protocol, pattern=pattern, times=times)
        self.faults.lost.append(fault)
        return fault

    def restore(self) -> None:
        """Bring up what a test left down or frozen, then `reset`."""
        self.imap.bring_up()
        self.smtp.bring_up()
        self.reset()

    def reset(self) -> None:
        """Forget all mail, folders, faults, changed passwords and quotas, while the servers stay up."""
        self.imap.forget_changes()
        self.faults.clear()
        self.smtp.empty_queue()
        self.imap.empty()

    def send(
        self, message: EmailMessage | bytes, *, user: str = "customer1", to: str = USERS["support"]
    ) -> None:
        """Hand a mail over as a user of the lab does: by submission, with TLS and its password."""
        raw = message if isinstance(message, bytes) else message.as_bytes()
        context = ssl.create_default_context(cafile=self.place.certificates.authority)
        with smtplib.SMTP(HOST, self.ports["submission"], timeout=30) as client:
            client.starttls(context=context)
            client.login(user, self.logins[user].password)
            client.sendmail(USERS[user], [to], raw)

    def deliver(
        self, message: EmailMessage | bytes, *, sender: str, to: str = USERS["support"], port: str = "mx"
    ) -> None:
        """Bring a mail from outside, without any login: to the MX, or as a network in `ports` reaches it."""
        raw = message if isinstance(message, bytes) else message.as_bytes()
        with smtplib.SMTP(HOST, self.ports[port], timeout=30) as client:
            client.sendmail(sender, [to], raw)

    def messages(self, user: str, folder: str = "INBOX") -> list[bytes]:
        """The raw mails of a folder, oldest first; none where the folder is not there."""
        with imaplib.IMAP4(HOST, self.ports["imap"], timeout=30) as client:
            client.login(user, self.logins[user].password)
            if client.select(f'"{folder}"', readonly=True)[0] != "OK":
                return []
            _, parts = client.uid("FETCH", "1:*", "(BODY.PEEK[])")
            return [part[1] for part in parts if isinstance(part, tuple)]

    def next_uid(self, user: str) -> int:
        """The number of the next mail in the INBOX: it grows with each, also where they are moved on."""
        with imaplib.IMAP4(HOST, self.ports["imap"], timeout=30) as client:
            client.login(user, self.logins[user].password)
            (line,) = client.status("INBOX", "(UIDNEXT)")[1]
            return int(re.search(rb"UIDNEXT (\d+)", line)[1])


def free_resolver_address() -> str:
    """A loopback address whose port 53 nobody uses: resolv.conf knows no other port."""
    for number in range(2, 250):
        address = f"127.53.{number}.53"
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as candidate:
            try:
                candidate.bind((address, 53))
            except OSError:
                continue
        return address
    raise ServerFailed("no loopback address has its port 53 free")
