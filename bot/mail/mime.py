"""Writes the parts of an outgoing mail as bytes: what they are is known, so nothing has to be parsed back.

The standard library reads every field again that it sets itself, which took most of the time of a letter.
"""

import base64
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from email import quoprimime

from bot.mail.written import Ready

Field = tuple[str, Ready]


@dataclass(frozen=True, slots=True)
class Part:
    """A MIME part (RFC 2045 §3): its own fields and its encoded body, with CRLF line ends."""

    fields: Sequence[Field]
    body: bytes


def write_part(fields: Iterable[Field], part: Part) -> bytes:
    """The fields, those of the part, and its body."""
    head = "".join(f"{name}: {value}\r\n" for name, value in (*fields, *part.fields))
    return head.encode() + b"\r\n" + part.body


def text_part(text: str, subtype: str) -> Part:
    """Words in UTF-8; lone surrogates, which no charset can carry, become question marks."""
    lines = text.encode(errors="replace").splitlines()
    # Not binascii's: where a line ends in a space, that writes more than the 76 characters of RFC 2045 §6.7.
    body = quoprimime.body_encode(b"\n".join([*lines, b""]).decode("latin-1")).encode("ascii")
    return Part(
        (
            ("Content-Type", Ready(f'text/{subtype}; charset="utf-8"')),
            ("Content-Transfer-Encoding", Ready("quoted-printable")),
        ),
        body.replace(b"\n", b"\r\n"),
    )


def file_part(content: bytes, content_type: str, disposition: Ready) -> Part:
    """A file, base64."""
    return Part(
        (
            ("Content-Type", Ready(content_type)),
            ("Content-Transfer-Encoding", Ready("base64")),
            ("Content-Disposition", disposition),
        ),
        base64.encodebytes(content).replace(b"\n", b"\r\n"),
    )


def multipart(subtype: str, parts: Sequence[Part], boundary: str) -> Part:
    """Parts between lines that hold the boundary (RFC 2046 §5.1.1)."""
    mark = f"--{boundary}".encode()
    body = b"".join(mark + b"\r\n" + write_part((), part) + b"\r\n" for part in parts)
    kind = Ready(f'multipart/{subtype};\r\n boundary="{boundary}"')
    return Part((("Content-Type", kind),), body + mark + b"--\r\n")
