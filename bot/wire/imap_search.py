"""Questions to the selected folder, cut to sizes that the server and imaplib can bear."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from imapclient import IMAPClient

from bot.ports import FolderState

HEADER_LIMIT = 256 * 1024
# Raw bytes of one FETCH: imaplib needs three to four times as much memory for them.
BYTE_BUDGET = 8 * 1024 * 1024
# Messages of one FETCH; also keeps the command line below 2 KB (RFC 7162 §4 allows 8 KB).
_MESSAGES_A_FETCH = 100
# UIDs named in one question: a command line of up to 5.5 KB.
UIDS_A_QUESTION = 500
# imaplib gives up on an answer line of over 1,000,000 bytes; a UID takes up to 11 of them.
_UIDS_AN_ANSWER = 50_000


def search_uids(client: IMAPClient, criteria: Sequence[str], after: int, state: FolderState) -> list[int]:
    """UIDs above `after` that meet the criteria, ascending.

    `n:*` always holds the last message, however small its UID (RFC 3501 §6.4.8), hence the filter.
    """
    found: set[int] = set()
    for first, last in _ranges(client, after, state):
        found.update(client.search(["UID", f"{first}:{last}", *criteria]))
    return sorted(uid for uid in found if uid > after)


def _ranges(client: IMAPClient, after: int, state: FolderState) -> list[tuple[int, str]]:
    """UID ranges, each with few enough messages for one answer; nearly always just one."""
    possible = state.exists
    if state.uidnext:
        possible = min(possible, max(0, state.uidnext - 1 - after))
    if possible <= _UIDS_AN_ANSWER:
        return [(after + 1, "*")]
    ends = [uid for uid in _every_nth_uid(client, state.exists) if uid > after]
    firsts = [after + 1, *(uid + 1 for uid in ends)]
    return list(zip(firsts, [*map(str, ends), "*"], strict=True))


def _every_nth_uid(client: IMAPClient, exists: int) -> list[int]:
    """The UIDs at every 50,000th place of the folder: sequence numbers are dense where UIDs need not be."""
    places = range(_UIDS_AN_ANSWER, exists, _UIDS_AN_ANSWER)
    client.use_uid = False
    try:
        answer: Mapping[int, Mapping[bytes, Any]] = client.fetch(list(places), ["UID"])
    finally:
        client.use_uid = True
    return sorted(int(item[b"UID"]) for item in answer.values() if b"UID" in item)


def sizes_of(client: IMAPClient, uids: Sequence[int]) -> dict[int, int]:
    """RFC822.SIZE by UID, without those that are gone."""
    sizes: dict[int, int] = {}
    for start in range(0, len(uids), UIDS_A_QUESTION):
        answer = client.fetch(list(uids[start : start + UIDS_A_QUESTION]), ["RFC822.SIZE"])
        sizes.update(
            {uid: int(item[b"RFC822.SIZE"]) for uid, item in answer.items() if b"RFC822.SIZE" in item}
        )
    return sizes


def batches(uids: Sequence[int], sizes: Mapping[int, int], budget: int = BYTE_BUDGET) -> Iterator[list[int]]:
    """Split into lists of up to 100 UIDs and `budget` bytes, a bigger one alone; unknown sizes are gone."""
    batch: list[int] = []
    weight = 0
    for uid in (uid for uid in uids if uid in sizes):
        if batch and (weight + sizes[uid] > budget or len(batch) == _MESSAGES_A_FETCH):
            yield batch
            batch, weight = [], 0
        batch.append(uid)
        weight += sizes[uid]
    if batch:
        yield batch
