"""Opens Outlook's winmail.dat, in a process of its own because the old reader trusts every count in it."""

import struct
import subprocess
import sys
from dataclasses import dataclass

_SECONDS = 4.0
_LARGEST = 40 * 1024 * 1024


@dataclass(frozen=True, kw_only=True, slots=True)
class OpenedTnef:
    """What a winmail.dat held: files as (name, bytes), and the mail's text where it holds that too."""

    files: tuple[tuple[str, bytes], ...]
    text: str = ""


def open_tnef(content: bytes) -> OpenedTnef | None:
    """The files inside, or None for anything that cannot be opened in time and within memory."""
    if len(content) > _LARGEST:
        return None
    command = [sys.executable, "-m", "bot.mail.tnef_child"]
    try:
        done = subprocess.run(  # noqa: S603  our own module, no shell, nothing from outside on the line
            command, input=content, capture_output=True, timeout=_SECONDS, check=False
        )
    except (subprocess.TimeoutExpired, OSError):
        return None
    return _read_answer(done.stdout) if done.returncode == 0 else None


def _read_answer(answer: bytes) -> OpenedTnef | None:
    """The child's answer: text first, then names and contents, each behind its length in four bytes."""
    pieces: list[bytes] = []
    position = 0
    try:
        while position < len(answer):
            (length,) = struct.unpack_from(">I", answer, position)
            pieces.append(answer[position + 4 : position + 4 + length])
            position += 4 + length
    except struct.error:
        return None
    if len(pieces) % 2 == 0:
        return None
    text, *rest = pieces
    files = tuple(
        (name.decode("utf-8", "replace"), data) for name, data in zip(rest[::2], rest[1::2], strict=True)
    )
    return OpenedTnef(files=files, text=text.decode("utf-8", "replace"))
