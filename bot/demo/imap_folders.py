"""The folders of the embedded IMAP server: pymap's in-memory ones, with the habits of a real server's."""

import datetime as dt

from pymap.backend.dict.mailbox import MailboxData, MailboxSet, Message
from pymap.concurrent import Event
from pymap.mime import MessageBody, MessageContent
from pymap.parsing.message import AppendMessage
from pymap.parsing.specials import ObjectId
from pymap.parsing.specials.flag import Flag, Wildcard
from pymap.selected import SelectedMailbox


class Folder(MailboxData):
    """It keeps keywords, tells IDLE what came before it, and takes any bytes; pymap's own does none of it."""

    @property
    def permanent_flags(self) -> frozenset[Flag]:
        return super().permanent_flags | {Wildcard}

    async def update_selected(
        self, selected: SelectedMailbox, *, wait_on: Event | None = None
    ) -> SelectedMailbox:
        known = selected.mod_sequence
        if known is not None and known < self._mod_sequences.highest:
            wait_on = None  # there is something to tell already
        return await super().update_selected(selected, wait_on=wait_on)

    async def append(self, append_msg: AppendMessage, *, recent: bool = False) -> Message:
        try:
            return await super().append(append_msg, recent=recent)
        except RecursionError:
            return await self._append_unread(append_msg, recent)

    async def _append_unread(self, append_msg: AppendMessage, recent: bool) -> Message:
        """Keep a mail whose parts are nested too deep to be taken apart: its body is one block of bytes."""
        content = _unread(append_msg.literal)
        email_id, thread_id = self._content_cache.add(content), self._thread_cache.add(content)
        async with self.messages_lock.write_lock():
            self._max_uid += 1
            message = Message(
                self._max_uid,
                append_msg.when or dt.datetime.now(dt.UTC),
                append_msg.flag_set,
                email_id=email_id,
                thread_id=thread_id,
                recent=recent,
                content=content,
            )
            self._messages[self._max_uid] = message
            self._mod_sequences.update([self._max_uid])
            self._updated.set()
        return message


def _unread(raw: bytes) -> MessageContent:
    head, blank, _ = raw.partition(b"\r\n\r\n")
    start = len(head + blank)
    body = {"lines": [(start, len(raw), len(raw))], "content_type": "text/plain", "nested": []}
    return MessageContent(raw, MessageContent.parse(raw[:start]).header, MessageBody.from_json(raw, body))


class Folders(MailboxSet):
    """One account's folders, all of them keeping keywords."""

    def __init__(self) -> None:
        super().__init__()
        self._inbox = Folder(self._content_cache, self._thread_cache)

    async def add_mailbox(self, name: str) -> ObjectId:
        mailbox_id = await super().add_mailbox(name)
        self._set[name] = Folder(self._content_cache, self._thread_cache)
        return mailbox_id
