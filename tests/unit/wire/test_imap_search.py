"""Questions to big folders stay within what a line and a byte budget can carry."""

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.ports import FolderState
from bot.wire.imap_search import batches, search_uids, sizes_of


class Folder:
    """A folder of messages with these UIDs, as imapclient shows it; counts the longest answer."""

    def __init__(self, uids: Sequence[int]) -> None:
        self.uids = sorted(uids)
        self.use_uid = True
        self.longest = 0
        self.questions = 0

    @property
    def state(self) -> FolderState:
        return FolderState(
            uidvalidity=1, uidnext=self.uids[-1] + 1 if self.uids else 1, exists=len(self.uids)
        )

    def search(self, criteria: Sequence[str]) -> list[int]:
        assert criteria[0] == "UID"
        assert criteria[2:] == ["UNDELETED"]
        first, _, last = criteria[1].partition(":")
        low, high = int(first), self.uids[-1] if last == "*" and self.uids else int(last.replace("*", "0"))
        low, high = sorted((low, high))
        found = self.uids[bisect_left(self.uids, low) : bisect_right(self.uids, high)]
        self.longest = max(self.longest, len(" ".join(map(str, found))))
        self.questions += 1
        return found

    def fetch(self, numbers: Sequence[int], items: Sequence[str]) -> dict[int, dict[bytes, Any]]:
        if self.use_uid:
            return {uid: {b"RFC822.SIZE": uid * 10} for uid in numbers if uid in self.uids}
        return {place: {b"UID": self.uids[place - 1]} for place in numbers}


def ask(folder: Folder, after: int, state: FolderState | None = None) -> list[int]:
    return search_uids(folder, ["UNDELETED"], after, state or folder.state)  # type: ignore[arg-type]


def test_the_last_message_is_not_new_however_the_server_answers() -> None:
    folder = Folder([3, 5, 9])
    assert ask(folder, 5) == [9]
    assert ask(folder, 9) == []
    assert ask(folder, 4_000_000) == []


def test_an_empty_folder_has_nothing() -> None:
    assert ask(Folder([]), 0) == []


def test_a_small_question_about_a_huge_folder_is_one_search() -> None:
    folder = Folder(range(1, 300_000))
    assert ask(folder, 299_990) == list(range(299_991, 300_000))
    assert folder.questions == 1


@pytest.mark.parametrize("step", [1, 7, 9999])
@pytest.mark.parametrize("after", [0, 100_000])
def test_all_of_a_huge_folder_comes_in_lines_that_imaplib_can_read(step: int, after: int) -> None:
    folder = Folder(range(1, 260_000 * step, step))
    assert ask(folder, after) == [uid for uid in folder.uids if uid > after]
    assert folder.longest < 1_000_000
    assert folder.questions <= 6
    assert folder.use_uid is True


def test_a_server_that_tells_no_uidnext_is_asked_in_ranges_too() -> None:
    folder = Folder(range(1, 130_000))
    state = FolderState(uidvalidity=1, uidnext=0, exists=len(folder.uids))
    assert ask(folder, 0, state) == folder.uids
    assert folder.questions == 3


def test_sizes_are_asked_for_in_lines_of_bearable_length() -> None:
    folder = Folder(range(1, 1300))
    assert sizes_of(folder, [*range(1, 1300), 5000]) == {uid: uid * 10 for uid in range(1, 1300)}  # type: ignore[arg-type]


@given(st.dictionaries(st.integers(1, 10_000), st.integers(0, 30)), st.integers(1, 50))
def test_batches_hold_every_message_once_within_the_budget(sizes: dict[int, int], budget: int) -> None:
    made = list(batches(list(sizes), sizes, budget))
    assert [uid for batch in made for uid in batch] == list(sizes)
    for batch in made:
        assert 1 <= len(batch) <= 100
        assert len(batch) == 1 or sum(sizes[uid] for uid in batch) <= budget


def test_messages_without_a_size_are_gone_and_not_asked_for() -> None:
    assert list(batches([1, 2, 3], {1: 5, 3: 5})) == [[1, 3]]
