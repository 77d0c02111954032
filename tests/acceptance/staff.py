"""What the support staff do in their mailbox with their own mail program, at any moment."""

import ssl
from collections.abc import Iterator
from contextlib import contextmanager

from imapclient import IMAPClient

from bot.wire.imap_session import log_in
from bot.wire.security import Credentials
from tests.wire.pair import MailPair


class Staff:
    """A session of the support mailbox."""

    def __init__(self, client: IMAPClient) -> None:
        self._client = client

    def find(self, folder: str, message_id: str) -> list[int]:
        """UIDs of a mail in a folder, which is open afterwards."""
        self._client.select_folder(folder)
        return list(self._client.search(["HEADER", "Message-ID", message_id]))

    def drag(self, message_id: str, folder: str, to: str) -> None:
        """Move a mail from one folder to another, which is made where it is not there."""
        if not self._client.folder_exists(to):
            self._client.create_folder(to)
        (uid,) = self.find(folder, message_id)
        self._client.move([uid], to)

    def copy(self, message_id: str, folder: str, to: str) -> None:
        """Leave a copy of a mail in another folder."""
        (uid,) = self.find(folder, message_id)
        self._client.copy([uid], to)

    def delete(self, message_id: str, folder: str = "INBOX") -> None:
        """Delete a mail for good."""
        uids = self.find(folder, message_id)
        self._client.delete_messages(uids)
        self._client.expunge()

    def flag(self, message_id: str, *flags: bytes) -> None:
        """Set flags on a mail in the inbox."""
        self._client.add_flags(self.find("INBOX", message_id), flags)

    def remove_folder(self, name: str) -> None:
        """Delete a folder and what lies in it."""
        self._client.select_folder("INBOX")
        self._client.delete_folder(name)


@contextmanager
def staff_at(pair: MailPair) -> Iterator[Staff]:
    """Log in as support, beside the bot."""
    user = pair.users["support"]
    context = ssl.create_default_context(cafile=pair.ca_file)
    with IMAPClient(pair.imap_host, port=pair.imap_port, ssl=True, ssl_context=context) as client:
        log_in(client, Credentials(username=user.login, secret=lambda: user.password))
        yield Staff(client)
