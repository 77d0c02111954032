"""A portal to visit: the real process, the embedded mail servers, and learners who have had their notice."""

import re
from email import message_from_bytes
from email.message import Message
from urllib.parse import urlsplit

import httpx
from sqlalchemy import text

from tests.acceptance.scene import Scene, a_message, a_sheet, learners, wait_for, words_of
from tests.servers.ports import free_ports
from tests.wire.servers import EmbeddedServers
from tests.wire.visitor import TRUST, Visitor

GOOD = "quiet lanterns over fjords"
BETTER = "seven purple harvest moons"


class PortalScene:
    """A running portal at `base`; visitors come from addresses of their own, as a proxy tells them."""

    def __init__(self, scene: Scene, **portal: object) -> None:
        self.scene = scene
        assert isinstance(scene.servers, EmbeddedServers)
        self.embedded = scene.servers
        port = free_ports(["portal"])["portal"]
        self.base = f"http://127.0.0.1:{port}"
        changes = {
            "portal": {"public_url": self.base, "listen": f"127.0.0.1:{port}"} | portal,
            "links": {"url": self.base, "key_file": str(scene.folder / "links.key")},
        }
        scene.configure(**changes)
        self.process = scene.start()
        self.wait_until_up()
        self.visitors = 0
        self.links: dict[str, str] = {}

    def wait_until_up(self) -> None:
        """Until the first page is there."""
        wait_for(self._is_up, lambda: f"the portal\n{self.scene.log()[-2000:]}", seconds=60)

    def _is_up(self) -> bool:
        assert self.process.poll() is None, self.scene.log()[-2000:]
        try:
            return httpx.get(f"{self.base}/static/portal.css", verify=TRUST).status_code == 200
        except httpx.TransportError:
            return False

    def visitor(self, address: str = "") -> Visitor:
        """Somebody new, from an address of their own."""
        self.visitors += 1
        return Visitor(base=self.base, address=address or f"192.0.2.{self.visitors}")

    def invite(self, *names: str) -> list[str]:
        """Import these learners, and return the paths of the links in their notices."""
        self.scene.send(
            a_message(
                "Yes please, send them the default email.", sheets=[("a.xlsx", a_sheet(learners(*names)))]
            )
        )
        wait_for(lambda: len(self.scene.notices(*names)) == len(names), "the notices")
        # The server has them before the ledger is told so.
        wait_for(lambda: "queued" not in map(self.notice_state, names), "the ledger to say so")
        return [link_in(self.scene.notices(name)[-1]) for name in names]

    def change(self, statement: str) -> None:
        """Change the ledger behind the portal's back, as time would."""
        with self.scene.ledger.begin() as connection:
            connection.execute(text(statement))
        self.scene.ledger.dispose()

    def mails(self, address: str, kind: str) -> list[Message]:
        """The mails of the portal in somebody's inbox: their Message-IDs begin with `kind`."""
        found = map(message_from_bytes, self.embedded.mail.messages(address))
        return [mail for mail in found if str(mail["Message-ID"]).startswith(f"<{kind}.")]

    def mail(self, address: str, kind: str = "link", count: int = 1) -> Message:
        """The newest of so many mails, as soon as they are there."""
        found = wait_for(
            lambda: mails if len(mails := self.mails(address, kind)) >= count else None,
            lambda: f"mail {count} to {address}\n{self.scene.log()[-2000:]}",
        )
        assert len(found) == count
        return found[-1]

    def notice_state(self, name: str) -> str:
        """Where a learner's notice stands."""
        rows = self.scene.query(f"SELECT state FROM notices WHERE email LIKE '%+{name}@%'")
        return str(rows[0][0])


def link_in(message: Message) -> str:
    """The path of the one-time link in a mail."""
    found = re.search(r"https?://\S+/(?:welcome|ticket/confirm)/[\w-]+", words_of(message))
    assert found, words_of(message)
    return urlsplit(found.group()).path


def username(name: str) -> str:
    return f"customer2+{name}@customer.test"
