"""What must hold after any number of crashes, checked against mailboxes, accounts and ledger."""

from collections import Counter
from dataclasses import dataclass, field
from email.message import EmailMessage

from tests.acceptance.scene import Scene


@dataclass
class Expected:
    """What was asked for: mails that want one reply each, learners to be created, those to be notified."""

    mails: list[EmailMessage] = field(default_factory=list)
    created: list[str] = field(default_factory=list)
    notified: list[str] = field(default_factory=list)


def check_promises(scene: Scene, expected: Expected) -> None:
    """Fails on the first promise that was broken."""
    check_replies(scene, expected)
    check_accounts(scene, expected)
    check_notices(scene, expected)
    check_filing(scene, expected)
    assert scene.query("SELECT id, state FROM messages WHERE state NOT IN ('answered')") == []
    assert scene.query("SELECT id FROM imports WHERE state = 'running'") == []


def check_replies(scene: Scene, expected: Expected) -> None:
    """One reply for each request; a copy that a lost acknowledgement made carries the same Message-ID."""
    answers: dict[str, set[str]] = {}
    for reply in scene.inbox():
        answers.setdefault(str(reply["In-Reply-To"]), set()).add(str(reply["Message-ID"]))
    for mail in expected.mails:
        found = answers.get(str(mail["Message-ID"]), set())
        assert len(found) == 1, f"{mail['Subject']}: {len(found)} different replies"


def check_accounts(scene: Scene, expected: Expected) -> None:
    """One account for each learner, and the row that made it says `created`, never `existing`."""
    assert Counter(scene.accounts()) == Counter(
        f"customer2+{name}@customer.test" for name in expected.created
    )
    outcomes = dict(scene.query("SELECT email, outcome FROM import_rows"))
    wrong = {email: outcome for email, outcome in outcomes.items() if outcome != "created"}
    assert wrong == {}


def check_notices(scene: Scene, expected: Expected) -> None:
    """Every wanted notice once by its Message-ID, and none that was not wanted."""
    for name in expected.created:
        different = {str(notice["Message-ID"]) for notice in scene.notices(name)}
        assert len(different) == (1 if name in expected.notified else 0), f"{name}: {different}"


def check_filing(scene: Scene, expected: Expected) -> None:
    """Every mail lies in Done, once, and no copy of a reply lies in Sent twice."""
    done = Counter(str(mail["Message-ID"]) for mail in scene.folder_of("Rollcall/Done"))
    assert done == Counter(str(mail["Message-ID"]) for mail in expected.mails)
    assert scene.folder_of("INBOX") == []
    copies = Counter(str(mail["Message-ID"]) for mail in scene.folder_of("Sent"))
    assert [message_id for message_id, count in copies.items() if count > 1] == []
