"""A customer's whole correspondence, made up at random: uploads of every kind, and what follows them."""

import random
from dataclasses import dataclass, field
from email.message import EmailMessage, Message

from tests.acceptance.invariants import Expected, address_of, letters_to
from tests.acceptance.scene import Scene, a_message, a_sheet, learners
from tests.wire.servers import CUSTOMER, SUPPORT, EmbeddedServers, RealServers

SENDERS = [f"customer1+s{number}@customer.test" for number in range(6)]
KINDS = ("yes", "yes", "no", "asked", "asked", "invalid", "held")
WORDS = {
    "yes": "Please create these learners.\n\nYes, send them the welcome email.",
    "no": "Please create these learners, but don't send them anything.",
    "asked": "Please create accounts for the learners in the attached sheet.",
    "invalid": "Please create these learners.\n\nYes, send them the welcome email.",
    "held": "Please create these learners.\n\nYes, send them the welcome email.",
}


@dataclass
class Open:
    """An upload that something still follows once its reply is there."""

    kind: str
    sender: str
    names: list[str]


@dataclass
class Correspondence:
    """Sends mails to the support mailbox, and keeps account of what must come of them."""

    scene: Scene
    luck: random.Random
    expected: Expected = field(default_factory=lambda: Expected(senders=set(SENDERS)))
    _open: dict[str, Open] = field(default_factory=dict)
    _learners: int = 0

    def upload(self) -> None:
        """One more upload, of whatever kind."""
        kind, sender = self.luck.choice(KINDS), self.luck.choice(SENDERS)
        names = self._new_names(self.luck.randint(1, 4))
        people = learners(*names)
        if kind == "invalid":
            broken = f"customer2+{names[-1]}@customer"
            people[-1] = (people[-1][0], people[-1][1], broken)
            names.pop()
        mail = self._mail(WORDS[kind], sender, people, trusted=kind != "held")
        if kind == "held":
            self.expected.held.append(mail)
        else:
            self.expected.mails.append(mail)
            self.expected.created += names
            if kind == "invalid":
                self.expected.outcomes[str(mail["Message-ID"]), broken] = "invalid"
            if kind in ("yes", "invalid"):
                self.expected.notified += names
            if names:
                self._open[str(mail["Message-ID"])] = Open(kind=kind, sender=sender, names=names)
        self._send(mail)

    def go_on(self) -> int:
        """Answer the questions that have arrived, follow some uploads up; returns how many are still open."""
        for reply in letters_to(self.scene, SENDERS) if self._open else []:
            waiting = self._open.pop(str(reply["In-Reply-To"]), None)
            if waiting is None:
                continue
            if waiting.kind == "asked":
                self._answer(waiting, reply)
            elif self.luck.random() < 0.3:
                self._follow_up(waiting, reply)
        return len(self._open)

    def _answer(self, waiting: Open, reply: Message) -> None:
        """Their yes or no, in the thread, with no sheet."""
        yes = self.luck.random() < 0.5
        words = "Yes please" if yes else "No thanks, we tell them ourselves."
        mail = a_message(words, sender=waiting.sender, answer_to=reply)
        self.expected.mails.append(mail)
        if yes:
            self.expected.notified += waiting.names
        self._send(mail)

    def _follow_up(self, waiting: Open, reply: Message) -> None:
        """One more sheet in the thread: a learner it had already, and a new one."""
        (new,) = self._new_names(1)
        people = learners(waiting.names[0], new)
        mail = self._mail(
            "One more, sorry! The first we had already.", waiting.sender, people, answer_to=reply
        )
        self.expected.mails.append(mail)
        self.expected.created.append(new)
        self.expected.outcomes[str(mail["Message-ID"]), address_of(waiting.names[0])] = "existing"
        if waiting.kind != "no":
            self.expected.notified.append(new)
        self._send(mail)

    def _new_names(self, count: int) -> list[str]:
        first, self._learners = self._learners, self._learners + count
        return [f"t{number}" for number in range(first, self._learners)]

    def _mail(
        self,
        words: str,
        sender: str,
        people: list[tuple[str, str, str]],
        *,
        trusted: bool = True,
        answer_to: Message | None = None,
    ) -> EmailMessage:
        return a_message(
            words,
            sender=sender,
            sheets=[("starters.xlsx", a_sheet(people))],
            trusted=trusted,
            answer_to=answer_to,
        )

    def _send(self, mail: EmailMessage) -> None:
        """Not `Scene.send`: that waits for the mail to lie in the inbox, where it may not stay long."""
        servers = self.scene.servers
        if isinstance(servers, EmbeddedServers):
            servers.mail.store(SUPPORT, "INBOX", mail.as_bytes())
        else:
            assert isinstance(servers, RealServers)
            servers.lab.deliver(mail.as_bytes(), sender=CUSTOMER)
