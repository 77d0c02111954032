"""Tells a mail from a sheet by content, for commands that are given either."""

import re

FIELD = re.compile(rb"^([!-9;-~]{1,76}):[ \t]?", re.MULTILINE)
# Fields that a mail begins with and a sheet does not (RFC 5322 §3.6 and what servers write above it).
TELLTALE = {
    b"from",
    b"to",
    b"subject",
    b"date",
    b"message-id",
    b"received",
    b"return-path",
    b"mime-version",
    b"content-type",
    b"delivered-to",
    b"x-original-to",
    b"dkim-signature",
    b"authentication-results",
    b"reply-to",
    b"sender",
    b"cc",
    b"x-gmail-received",
    b"arc-seal",
    b"envelope-to",
}
# All that stands above a workbook saved as a web archive (RFC 2557), which Excel opens as .xls.
ARCHIVE_TOO = {b"mime-version", b"content-type"}
MAIL_NAMES = (".eml", ".mail", ".mime")


def looks_like_mail(content: bytes, name: str) -> bool:
    """Whether the bytes are a mail: by its name, or because two telltale fields stand at its beginning."""
    if name.lower().endswith(MAIL_NAMES):
        return True
    head = content[:65536].lstrip(b"\xef\xbb\xbf\r\n \t")
    if head.startswith(b"From "):
        head = head.partition(b"\n")[2]
    fields: list[bytes] = []
    for line in head.splitlines()[:60]:
        if not line.strip():
            break
        if line[:1] in b" \t" and fields:
            continue
        match = FIELD.match(line)
        if match is None:
            break
        fields.append(match.group(1).lower())
    found = TELLTALE.intersection(fields)
    return len(found) >= 2 and not found <= ARCHIVE_TOO
