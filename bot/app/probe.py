"""`rollcall check --probe`: makes the folders, sends each mailbox mails of its own, and learns from them."""

import asyncio
import secrets
import time
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime

from bot.app.anchor import FIELD, NAMELESS, Evidence, count_servers, judge, topmost_server
from bot.app.edges import make_mailbox, make_mailer
from bot.errors import RollcallError
from bot.mail.compose import compose_letter, make_message_id
from bot.mail.parse import parse_message
from bot.ports import CheckLine, Health, Mailbox, Mailer
from bot.settings import Settings
from bot.settings.tables import MailboxSettings, VerificationSettings
from bot.values.message import Address, Message
from bot.values.outgoing import Letter

PATIENCE = 60.0
RECENT = 30
TEXT = (
    "Rollcall has sent this mail to its own mailbox, to see what the mail server writes on it\n"
    "(rollcall check --probe). It can be deleted.\n"
)


def probe_everything(settings: Settings) -> Iterator[CheckLine]:
    """For each mailbox: folders, the way of a mail, trust anchor, forged results."""
    for mailbox in settings.mailboxes:
        edge = make_mailbox(mailbox)
        probe = Probe(mailbox, settings.verification, edge, lambda: make_mailer(settings))
        try:
            yield from probe.lines()
        except RollcallError as error:
            yield CheckLine(
                subject=probe.doing,
                health=Health.FAILED,
                detail=str(error),
                mend=probe.mend,
            )
        finally:
            edge.close()


class Probe:
    """The probe of one mailbox; `doing` and `mend` say what it is at, should it fail."""

    def __init__(
        self,
        settings: MailboxSettings,
        verification: VerificationSettings,
        mailbox: Mailbox,
        make_mailer: Callable[[], Mailer],
        *,
        patience: float = PATIENCE,
    ) -> None:
        self._settings = settings
        self._verification = verification
        self._mailbox = mailbox
        self._make_mailer = make_mailer
        self._patience = patience
        self.doing = "probe: connection"
        self.mend = "See what the lines on IMAP above say."

    def lines(self) -> Iterator[CheckLine]:
        """Every line; raises what the mailbox or the way out raise."""
        self._mailbox.connect()
        self.doing = "probe: folders"
        self.mend = "Let this login make folders, or make them by hand and name them in [mailboxes.folders]."
        own = self._settings.folders
        self._mailbox.ensure_folders([own.done, own.held, own.problem, own.approved])
        yield CheckLine(subject=self.doing, health=Health.OK, detail="all of ours are there")
        self.doing, self.mend = "probe: delivery", "See what the lines on SMTP above say."
        mails, names = count_servers(self._recent())
        started = time.monotonic()
        plain = self._round_trip(())
        if plain is None:
            yield self._lost()
            return
        took = time.monotonic() - started
        yield CheckLine(subject=self.doing, health=Health.OK, detail=f"a mail to ourselves took {took:.1f} s")
        if server := topmost_server(plain):
            names[server] += 1
        anchors = ({name.lower() for name in self._verification.authserv_id} | set(names)) - {NAMELESS}
        left = self._forgeries_left(sorted(anchors))
        forged = frozenset() if left is None else frozenset(anchors)
        evidence = Evidence(mails=mails + 1, names=names, forged=forged, left=left or frozenset())
        yield from judge(evidence, self._verification)

    def _lost(self) -> CheckLine:
        return CheckLine(
            subject=self.doing,
            health=Health.FAILED,
            detail=f"a mail to {self._settings.address} was sent, but did not arrive within "
            f"{self._patience:.0f} s",
            mend="Look for it in the spam folder and in the mail server's log, and that mailboxes.address "
            "ends in this very mailbox.",
        )

    def _recent(self) -> Iterator[Message]:
        """The last mails of the inbox, their headers only."""
        state = self._mailbox.select(self._settings.folders.inbox)
        for uid in self._mailbox.uids_after(max(0, state.uidnext - 1 - 20 * RECENT))[-RECENT:]:
            if header := self._mailbox.fetch_headers(uid):
                yield parse_message(header)

    def _forgeries_left(self, anchors: Sequence[str]) -> frozenset[str] | None:
        """Under which of these names a forged result is delivered; one mail carries them all. None where
        that mail was not delivered at all."""
        if not anchors:
            return None
        mark = f"rollcall-{secrets.token_hex(6)}"
        domain = self._settings.address.rpartition("@")[2]
        forged = [f"{name}; dmarc=pass ({mark}) header.from={domain}" for name in anchors]
        arrived = self._round_trip([(FIELD.title(), value) for value in forged])
        if arrived is None:
            return None
        fields = [value for name, value in arrived.headers if name.lower() == FIELD and mark in value]
        return frozenset(name for name in anchors if any(value.lower().startswith(name) for value in fields))

    def _round_trip(self, headers: Sequence[tuple[str, str]]) -> Message | None:
        """Send ourselves a mail, and find it; it ends in the Done folder. None where it does not arrive."""
        address = Address(name="Rollcall", email=self._settings.address)
        message_id = make_message_id(f"probe.{secrets.token_hex(8)}", address.email.rpartition("@")[2])
        letter = Letter(
            message_id=message_id,
            sender=address,
            to=(address,),
            subject="Rollcall looks at its mailbox",
            text=TEXT,
            date=datetime.now(UTC),
            auto_submitted="auto-generated",
        )
        head = "".join(f"{name}: {value}\r\n" for name, value in headers)
        raw = head.encode("ascii", "replace") + compose_letter(letter)
        asyncio.run(self._send(raw))
        return self._await(message_id)

    async def _send(self, raw: bytes) -> None:
        mailer = self._make_mailer()
        try:
            await mailer.send(self._settings.address, [self._settings.address], raw)
        finally:
            await mailer.close()

    def _await(self, message_id: str) -> Message | None:
        """Look for it in the inbox, and in Done: a running bot may be quicker than we are."""
        folders = self._settings.folders
        until = time.monotonic() + self._patience
        while True:
            for folder in (folders.inbox, folders.done):
                if uids := self._mailbox.find_message_id(folder, message_id):
                    self._mailbox.select(folder)
                    header = self._mailbox.fetch_headers(uids[0])
                    if folder == folders.inbox:
                        self._mailbox.move(uids[:1], folders.done)
                    return parse_message(header)
            if time.monotonic() >= until:
                return None
            self._mailbox.select(folders.inbox)
            self._mailbox.wait(1.0)
