"""Takes an import back: what it created and nobody has used since is deactivated, never deleted."""

from collections.abc import Sequence

from bot.errors import DirectoryRefused
from bot.ports import Directory


def undo_created(
    accounts: Sequence[tuple[str, str]], directory: Directory
) -> tuple[list[str], list[tuple[str, str]]]:
    """Of (address, account id): the addresses deactivated, and (address, why) of those left alone.

    Raises DirectoryUnavailable; repeating it goes on with what is left.
    """
    taken_back: list[str] = []
    left_alone: list[tuple[str, str]] = []
    for email, account in accounts:
        try:
            if directory.deactivate(account):
                taken_back.append(email)
            else:
                left_alone.append((email, "used since, or deactivated already"))
        except DirectoryRefused as refusal:
            left_alone.append((email, str(refusal)))
    return taken_back, left_alone
