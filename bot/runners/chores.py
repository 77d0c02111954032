"""Mailbox chores: filing and copying, each repeatable, so that a failed move repeats the move and no work."""

from collections.abc import Callable, Iterable, Sequence

from bot.errors import MailboxFull, MailboxRefused
from bot.ports import Chores, Mailbox
from bot.values.ledger import Chore, ChoreKind, DueChore, Place

CLAIM = 50
FIRST_DELAY = 10.0
LONGEST_DELAY = 3600.0
DEFAULT_SENT = "Sent"


class ChoreRunner:
    """Does the chores of one mailbox on its own connection; `report` is told of what was refused."""

    def __init__(self, *, name: str, mailbox: Mailbox, chores: Chores, report: Callable[[str], None]) -> None:
        self._name = name
        self._mailbox = mailbox
        self._chores = chores
        self._report = report
        self._selected: tuple[str, int] | None = None

    def run_due(self, keep_lease: Callable[[], None] = lambda: None) -> bool:
        """Do what is due; True if anything was, and so another folder may be selected now.

        `keep_lease` is called before each and raises LeaseLost where the mailbox is another node's now.
        Raises MailboxUnavailable; the chores not done by then are still due.
        """
        self._selected = None
        worked = False
        while due := self._chores.claim(self._name, CLAIM):
            worked = True
            done: list[DueChore] = []
            try:
                for some in _together(due):
                    keep_lease()
                    done += self._do(some)
            finally:
                self._chores.done(done)
        return worked

    def _do(self, some: Sequence[DueChore]) -> Sequence[DueChore]:
        """Do chores that go together; returns those that are done."""
        first = some[0]
        try:
            if len(some) > 1 and first.chore.place:
                self._move(first.chore.place, [due.chore for due in some])
            else:
                self._carry_out(first.chore, again=first.attempts > 1)
        except (MailboxRefused, MailboxFull) as refusal:
            if len(some) > 1:
                # One that is refused must not keep the others.
                return [done for due in some for done in self._do([due])]
            self._put_off(first, refusal)
            return []
        return some

    def _put_off(self, due: DueChore, refusal: MailboxRefused | MailboxFull) -> None:
        delay = min(FIRST_DELAY * 2 ** (due.attempts - 1), LONGEST_DELAY)
        self._report(f"{due.chore.kind} to {due.chore.folder}: {refusal}")
        self._chores.deferred(due, str(refusal), delay)
        self._mailbox.ensure_folders([due.chore.folder] if due.chore.folder != "?" else [])
        self._selected = None

    def _carry_out(self, chore: Chore, *, again: bool) -> None:
        match chore.kind:
            case ChoreKind.MOVE if chore.place:
                self._move(chore.place, [chore])
            case ChoreKind.COPY_SENT:
                folder = self._sent_folder() if chore.folder == "?" else chore.folder
                self._append(folder, chore, seen=True, again=again)
            case ChoreKind.NOTE:
                self._append(chore.folder, chore, seen=False, again=again)

    def _sent_folder(self) -> str:
        """The server's own Sent folder; one is made where there is none."""
        folder = self._mailbox.sent_folder()
        if folder is None:
            folder = DEFAULT_SENT
            self._mailbox.ensure_folders([folder])
        return folder

    def _move(self, place: Place, some: Sequence[Chore]) -> None:
        """What is not there any more was moved by an earlier attempt, or by the staff."""
        folder = some[0].folder
        if self._select(place.folder) == place.uidvalidity and place.uid:
            self._mailbox.move([chore.place.uid for chore in some if chore.place], folder)
            return
        for chore in some:
            for uid in self._mailbox.find_message_id(place.folder, chore.message_id)[:1]:
                self._selected = None
                self._select(place.folder)
                self._mailbox.move([uid], folder)

    def _select(self, folder: str) -> int:
        if self._selected is None or self._selected[0] != folder:
            self._selected = (folder, self._mailbox.select(folder).uidvalidity)
        return self._selected[1]

    def _append(self, folder: str, chore: Chore, *, seen: bool, again: bool) -> None:
        if again:
            self._selected = None
            if self._mailbox.find_message_id(folder, chore.message_id):
                return
        self._mailbox.append(folder, chore.body, seen=seen)


def _together(due: Sequence[DueChore]) -> Iterable[list[DueChore]]:
    """Messages that go from one folder to another are moved at once; the rest is done one by one."""
    groups: dict[object, list[DueChore]] = {}
    for each in due:
        chore, place = each.chore, each.chore.place
        moves = chore.kind is ChoreKind.MOVE and place is not None and place.uid
        key = (place.folder, place.uidvalidity, chore.folder) if moves and place else each.id
        groups.setdefault(key, []).append(each)
    return groups.values()
