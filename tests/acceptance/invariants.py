"""What must hold after any number of crashes, checked against mailboxes, accounts and ledger."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import EmailMessage, Message

from tests.acceptance.scene import Scene
from tests.wire.servers import CUSTOMER, EmbeddedServers


@dataclass
class Expected:
    """What was asked for: mails that want one reply each, learners to be created, those to be notified.

    `outcomes` are those of an upload's rows by Message-ID and address, where not all are `created`; `held`
    mails are for the staff; `senders` are the customers' addresses.
    """

    mails: list[EmailMessage] = field(default_factory=list)
    created: list[str] = field(default_factory=list)
    notified: list[str] = field(default_factory=list)
    outcomes: dict[tuple[str, str], str] = field(default_factory=dict)
    held: list[EmailMessage] = field(default_factory=list)
    senders: set[str] = field(default_factory=lambda: {CUSTOMER})


def check_promises(scene: Scene, expected: Expected) -> None:
    """Fails on the first promise that was broken."""
    check_replies(scene, expected)
    check_accounts(scene, expected)
    check_notices(scene, expected)
    check_filing(scene, expected)
    ended = scene.query("SELECT message_id, state FROM messages")
    held = ids_of(expected.held)
    wrong = {key: state for key, state in ended if state != ("held" if key in held else "answered")}
    assert wrong == {}
    assert len(ended) == len(expected.mails) + len(expected.held)
    assert scene.query("SELECT id FROM imports WHERE state = 'running'") == []


def letters_to(scene: Scene, senders: Iterable[str]) -> list[Message]:
    """What customers have received; on the real servers all their addresses lead to one mailbox."""
    if isinstance(scene.servers, EmbeddedServers):
        mail = scene.servers.mail
        return [message_from_bytes(raw) for sender in senders for raw in mail.messages(sender)]
    return scene.inbox()


def answers_to(scene: Scene, expected: Expected) -> dict[str, set[str]]:
    """The Message-IDs of our replies, by that of the mail they answer."""
    answers: dict[str, set[str]] = {}
    for reply in letters_to(scene, expected.senders):
        answers.setdefault(str(reply["In-Reply-To"]), set()).add(str(reply["Message-ID"]))
    return answers


def check_replies(scene: Scene, expected: Expected) -> None:
    """One reply for each request; a copy that a lost acknowledgement made carries the same Message-ID."""
    answers = answers_to(scene, expected)
    for mail in expected.mails:
        found = answers.pop(str(mail["Message-ID"]), set())
        assert len(found) == 1, f"{mail['Subject']}: {len(found)} different replies"
    assert answers == {}


def check_accounts(scene: Scene, expected: Expected) -> None:
    """One account for each learner, and the row that made it says `created`, never `existing`."""
    assert Counter(scene.accounts()) == Counter(address_of(name) for name in expected.created)
    rows = scene.query(
        "SELECT m.message_id, r.email, r.outcome FROM import_rows r"
        " JOIN imports i ON i.id = r.import_id JOIN messages m ON m.id = i.message"
    )
    told = Counter((message_id, email) for message_id, email, _ in rows)
    assert [row for row, count in told.items() if count > 1] == []
    wrong = {
        (message_id, email): outcome
        for message_id, email, outcome in rows
        if outcome != expected.outcomes.get((message_id, email), "created")
    }
    assert wrong == {}


def check_notices(scene: Scene, expected: Expected) -> None:
    """Every wanted notice once by its Message-ID, and none that was not wanted."""
    received = notices_received(scene, expected)
    for name in expected.created:
        different = received.pop(name, set())
        assert len(different) == (1 if name in expected.notified else 0), f"{name}: {different}"
    assert received == {}


def notices_received(scene: Scene, expected: Expected) -> dict[str, set[str]]:
    """The Message-IDs of the notices that each learner has received."""
    if isinstance(scene.servers, EmbeddedServers):
        found = {name: scene.notices(name) for name in expected.created}
    else:
        found = {}
        for notice in scene.inbox("customer2"):
            name = str(notice["To"]).partition("+")[2].partition("@")[0]
            found.setdefault(name, []).append(notice)
    return {name: {str(mail["Message-ID"]) for mail in mails} for name, mails in found.items() if mails}


def check_filing(scene: Scene, expected: Expected) -> None:
    """Every mail lies in its folder, once; every reply has one copy in Sent; every held mail one note."""
    done = Counter(str(mail["Message-ID"]) for mail in scene.folder_of("Rollcall/Done"))
    assert done == Counter(ids_of(expected.mails))
    held = Counter(str(mail["Message-ID"]) for mail in scene.folder_of("Rollcall/Held"))
    assert {key: held[key] for key in ids_of(expected.held)} == dict.fromkeys(ids_of(expected.held), 1)
    assert len(held) == held.total() == 2 * len(expected.held)
    assert scene.folder_of("Rollcall/Problem") == []
    assert scene.folder_of("INBOX") == []
    copies = Counter(str(mail["Message-ID"]) for mail in scene.folder_of("Sent"))
    replies = {key for keys in answers_to(scene, expected).values() for key in keys}
    assert copies == Counter(dict.fromkeys(replies, 1))


def ids_of(mails: Iterable[EmailMessage]) -> set[str]:
    """Their Message-IDs."""
    return {str(mail["Message-ID"]) for mail in mails}


def address_of(name: str) -> str:
    """The address of a learner made by `scene.learners`."""
    return f"customer2+{name}@customer.test"
