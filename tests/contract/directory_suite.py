"""The directory contract, as `bot.directories.contract` ships it to the authors of connectors."""

from bot.directories.contract import (
    STAMP,
    DirectoryContract,
    OpenDirectory,
    a_learner,
    a_tag,
    created,
    statuses,
)

__all__ = ["STAMP", "DirectoryContract", "OpenDirectory", "a_learner", "a_tag", "created", "statuses"]
