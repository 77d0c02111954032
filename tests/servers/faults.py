"""The faults a test may order: refusals at SMTP's stages, and answers that are lost on the way back."""

import asyncio
import fnmatch
import re
import time
from collections.abc import Mapping
from dataclasses import dataclass, field

from tests.servers.postfix_configuration import HOP

STAGES = {"RCPT": "rcpt", "DATA": "data", "END-OF-MESSAGE": "eom"}
# What the client says whose answer is worth losing: the end of DATA; a change to the mailbox.
WORTH_LOSING = {"smtp": r"^\.\r\n", "imap": r"^\S+ (UID )?(STORE|MOVE|COPY|EXPUNGE|APPEND) "}
USUAL_REPLIES = {
    "421": "421 4.3.2 Service shutting down",
    "451": "451 4.7.1 Greylisted, please try again later",
    "452": "452 4.2.2 Mailbox full",
    "550": "550 5.1.1 User unknown",
    "552": "552 5.3.4 Message too big",
    "554": "554 5.7.1 Message refused",
}


@dataclass(kw_only=True)
class SmtpFault:
    """Postfix answers `reply` (a whole reply, or a code of `USUAL_REPLIES`) to mail that matches.

    `rcpt` and `sender` are patterns with * and ?; `stage` is rcpt, data or eom (after the content); only the
    first `times` times, or for `seconds` from the first time (greylisting); `delay` answers that much later.
    `hits` counts how often it struck.
    """

    rcpt: str = "*"
    sender: str = "*"
    stage: str = "rcpt"
    reply: str = ""
    times: int | None = None
    seconds: float | None = None
    delay: float = 0.0
    hits: int = 0
    since: float | None = None

    def __post_init__(self) -> None:
        self.reply = USUAL_REPLIES.get(self.reply, self.reply)
        if self.reply and not re.match(r"[45]\d\d ", self.reply):
            raise ValueError("a reply begins with a 4xx or 5xx code")
        if self.stage not in STAGES.values():
            raise ValueError(f"no such stage: {self.stage}")

    def strikes(self, question: Mapping[str, str], now: float) -> bool:
        """Does it apply to what Postfix asks now?"""
        # After RCPT Postfix names the recipient only if there was exactly one.
        recipient = question.get("recipient", "").lower()
        return (
            STAGES.get(question.get("protocol_state", "")) == self.stage
            and (not recipient or fnmatch.fnmatchcase(recipient, self.rcpt.lower()))
            and fnmatch.fnmatchcase(question.get("sender", "").lower(), self.sender.lower())
            and (self.times is None or self.hits < self.times)
            and (self.seconds is None or self.since is None or now - self.since <= self.seconds)
        )


@dataclass(kw_only=True)
class LostAnswer:
    """The connection breaks after a matching client line was passed on, before the answer comes back."""

    protocol: str
    pattern: re.Pattern[bytes]
    times: int
    hits: int = 0


@dataclass
class Faults:
    """Every fault now in force; changed by the tests' thread, read by the sidecar's."""

    smtp: list[SmtpFault] = field(default_factory=list)
    lost: list[LostAnswer] = field(default_factory=list)

    def clear(self) -> None:
        self.smtp, self.lost = [], []

    async def policy_reply(self, question: Mapping[str, str]) -> str:
        """Postfix's policy question answered: the reply of the first fault that strikes, else DUNNO."""
        if question.get("helo_name") == HOP:  # the second leg of a mail that was asked about already
            return "DUNNO"
        for fault in self.smtp:
            now = time.monotonic()
            if not fault.strikes(question, now):
                continue
            fault.hits += 1
            fault.since = fault.since or now
            await asyncio.sleep(fault.delay)
            if fault.reply:
                return fault.reply
        return "DUNNO"

    def loses(self, protocol: str, said: bytes) -> bool:
        """Is the answer to what the client just said to be lost?"""
        for fault in self.lost:
            if fault.protocol == protocol and fault.hits < fault.times and fault.pattern.search(said):
                fault.hits += 1
                return True
        return False
