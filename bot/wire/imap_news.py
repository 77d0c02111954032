"""What the server has announced in passing, so that no mail falls between a SEARCH and the next IDLE.

A server tells of new mail once, with whatever answer comes next (RFC 3501 §7.3.1). Told at the end of our
own SEARCH, or found by another SELECT, it would not be told again by IDLE.
"""

from typing import Any

from bot.ports import FolderState

NO_FOLDER = FolderState(uidvalidity=0, uidnext=0, exists=0)


class News:
    """The selected folder as last announced, and as each folder stood when it was last searched."""

    def __init__(self) -> None:
        self.folder = ""
        self.state = NO_FOLDER
        self._searched: dict[str, FolderState] = {}

    def closed(self) -> None:
        """No folder is selected now; what was searched stays known."""
        self.folder = ""

    def opened(self, folder: str, state: FolderState, imap: Any) -> None:
        """A folder was selected; the EXISTS that belongs to it is no news."""
        self.folder, self.state = folder, state
        self._take(imap)

    def search_begins(self, imap: Any) -> None:
        """From here on an announcement is about mail that the search may not have seen."""
        self._take(imap)
        self._searched[self.folder] = self.state

    def pending(self, imap: Any) -> bool:
        """Whether mail was announced since the last search began; true once for each announcement."""
        announced = self._take(imap)
        known = self._searched.get(self.folder, self.state)
        self._searched[self.folder] = self.state
        return announced or known != self.state

    def _take(self, imap: Any) -> bool:
        """Take the announcement that imaplib has put aside, if there is one."""
        imap.untagged_responses.pop("RECENT", None)
        announced = imap.untagged_responses.pop("EXISTS", None)
        if not announced:
            return False
        self.state = FolderState(
            uidvalidity=self.state.uidvalidity, uidnext=self.state.uidnext, exists=int(announced[-1])
        )
        return True
