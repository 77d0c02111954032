"""Filing over a mailbox of ten lines: what goes the same way goes at once, a refusal keeps nobody else."""

from dataclasses import dataclass, field
from typing import Any

from bot.errors import MailboxRefused
from bot.ports import FolderState
from bot.runners.chores import ChoreRunner
from bot.values.ledger import Chore, ChoreKind, DueChore, Place

DONE = "Rollcall/Done"


def a_move(number: int, *, to: str = DONE, uidvalidity: int = 7, uid: int | None = None) -> DueChore:
    place = Place(
        mailbox="support",
        folder="INBOX",
        uidvalidity=uidvalidity,
        uid=number if uid is None else uid,
    )
    chore = Chore(kind=ChoreKind.MOVE, folder=to, place=place, message_id=f"<{number}@customer.test>")
    return DueChore(id=number, chore=chore, attempts=1)


@dataclass
class Box:
    """Lists what was moved; `refused` are UIDs that the server will not move."""

    refused: set[int] = field(default_factory=set)
    moves: list[tuple[tuple[int, ...], str]] = field(default_factory=list)

    def select(self, folder: str) -> FolderState:
        return FolderState(uidvalidity=7, uidnext=100, exists=10)

    def move(self, uids: list[int], target: str) -> list[int]:
        if self.refused & set(uids):
            raise MailboxRefused("no")
        self.moves.append((tuple(uids), target))
        return list(uids)

    def find_message_id(self, folder: str, message_id: str) -> list[int]:
        return [90]

    def ensure_folders(self, folders: list[str]) -> None:
        pass


@dataclass
class Due:
    """Chores that are due once."""

    chores: list[DueChore]
    ended: list[int] = field(default_factory=list)
    put_off: list[int] = field(default_factory=list)

    def claim(self, mailbox: str, limit: int) -> list[DueChore]:
        some, self.chores = self.chores, []
        return some

    def done(self, done: list[DueChore]) -> None:
        self.ended += [chore.id for chore in done]

    def deferred(self, chore: DueChore, why: str, delay: float) -> None:
        self.put_off.append(chore.id)


def run(box: Any, due: Any) -> None:
    ChoreRunner(name="support", mailbox=box, chores=due, report=lambda words: None).run_due()


def test_what_goes_from_one_folder_to_another_is_moved_at_once() -> None:
    box, due = Box(), Due([a_move(1), a_move(2, to="Rollcall/Held"), a_move(3), a_move(4)])
    run(box, due)
    assert box.moves == [((1, 3, 4), DONE), ((2,), "Rollcall/Held")]
    assert sorted(due.ended) == [1, 2, 3, 4]


def test_one_message_that_is_refused_keeps_no_other() -> None:
    box, due = Box(refused={2}), Due([a_move(1), a_move(2), a_move(3)])
    run(box, due)
    assert box.moves == [((1,), DONE), ((3,), DONE)]
    assert (due.ended, due.put_off) == ([1, 3], [2])


def test_messages_of_a_renumbered_folder_are_looked_for_by_their_message_id() -> None:
    box, due = Box(), Due([a_move(1, uidvalidity=6), a_move(2, uidvalidity=6), a_move(3, uid=0)])
    run(box, due)
    assert box.moves == [((90,), DONE)] * 3
    assert due.ended == [1, 2, 3]
