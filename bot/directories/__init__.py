"""Where accounts live: the embedded directory and the connectors to other platforms."""

from bot.directories.registry import make_directory

__all__ = ["make_directory"]
