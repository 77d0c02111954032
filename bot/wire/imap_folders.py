"""Folder names between the configuration ('/' for every level) and what this server calls them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from imapclient import IMAPClient

_SENT = b"\\Sent"
_UNSELECTABLE = {b"\\noselect", b"\\nonexistent"}
# How servers without SPECIAL-USE name it, the likeliest first.
_USUAL_SENT = ("Sent", "Sent Items", "Sent Messages", "Sent Mail", "Gesendet", "Gesendete Elemente")

Listing = Sequence[tuple[Sequence[bytes], bytes | None, str]]


@dataclass(frozen=True, kw_only=True, slots=True)
class FolderNames:
    """How a server writes names: `separator` ('' for a flat store) and the personal namespace's `prefix`."""

    separator: str = "/"
    prefix: str = ""

    def on_server(self, name: str) -> str:
        """'Rollcall/Done' as the server wants it, such as 'INBOX.Rollcall.Done'; INBOX stays INBOX."""
        head, slash, rest = name.partition("/")
        if head.upper() == "INBOX":
            if not slash:
                return "INBOX"
            return self._joined("INBOX/" + rest)
        joined = self._joined(name)
        return joined if self.prefix and joined.startswith(self.prefix) else self.prefix + joined

    def in_config(self, server_name: str) -> str:
        """The way back: `on_server(in_config(name)) == name` for every name inside the personal namespace."""
        bare = server_name.removeprefix(self.prefix) if server_name != "INBOX" else server_name
        return bare.replace(self.separator, "/") if self.separator else bare

    def _joined(self, name: str) -> str:
        return name.replace("/", self.separator or "-")


def read_names(client: IMAPClient) -> FolderNames:
    """Ask the server for its separator and prefix (RFC 2342 §5, else RFC 3501 §6.3.8)."""
    if client.has_capability("NAMESPACE"):
        personal = client.namespace().personal
        if personal:
            prefix, separator = personal[0]
            return FolderNames(separator=separator or "", prefix=prefix)
    root: Listing = client.list_folders("", "")
    separator = root[0][1] if root else b"/"
    return FolderNames(separator=separator.decode("ascii") if separator else "")


def selectable(listing: Listing) -> set[str]:
    """The names that hold messages; a mere parent of others does not."""
    return {name for flags, _, name in listing if not _UNSELECTABLE & {flag.lower() for flag in flags}}


def find_sent(listing: Listing, names: FolderNames) -> str | None:
    """The server's name of the Sent folder: by \\Sent (RFC 6154 §2), else by a usual name that exists."""
    for flags, _, name in listing:
        if _SENT.lower() in {flag.lower() for flag in flags}:
            return name
    existing = selectable(listing)
    return next((name for name in map(names.on_server, _USUAL_SENT) if name in existing), None)


def missing_folders(wanted: Iterable[str], listing: Listing, names: FolderNames) -> list[str]:
    """The server's names of wanted folders that are not there yet, in order, each once."""
    existing = selectable(listing)
    return [name for name in dict.fromkeys(map(names.on_server, wanted)) if name not in existing | {"INBOX"}]
