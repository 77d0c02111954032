"""What `rollcall check` says of the mailbox: each step tried in order, each failure with its mend."""

from collections.abc import Iterator, Sequence

from imapclient import IMAPClient

from bot.errors import ConfigurationError, LoginRefused, MailboxRefused, MailboxUnavailable
from bot.ports import CheckLine, Health
from bot.wire.checks import check_certificate, connection_mend, failed, login_mend, ok
from bot.wire.imap_errors import translated
from bot.wire.imap_folders import missing_folders, read_names
from bot.wire.imap_session import ImapServer, connect, hang_up, log_in
from bot.wire.security import Credentials, Security

_RIGHTS = {"l": "see it", "r": "read", "i": "insert mail", "t": "mark mail deleted", "e": "expunge"}
_NOT_OPENED = (
    "The login is right, but the mailbox does not open: check that it exists, is licensed, and that this "
    "login may read and change it."
)


def check_mailbox(
    server: ImapServer, credentials: Credentials, folders: Sequence[str], *, poll_seconds: float
) -> list[CheckLine]:
    """Connection, TLS, login, capabilities and folders, as far as it gets; nothing is changed."""
    client: IMAPClient | None = None
    lines: list[CheckLine] = []
    try:
        with translated("connecting", str(server), _nothing):
            client = connect(server)
        lines.append(ok("IMAP connection", f"{server} answers"))
        lines.append(check_certificate("IMAP encryption", client.socket()))
        with translated("logging in", str(server), _nothing):
            log_in(client, credentials)
        lines.append(ok("IMAP login", f"logged in as {credentials.username}"))
        with translated("looking round", str(server), _nothing):
            lines.extend(_capabilities(client, poll_seconds))
            lines.append(_folders(client, folders))
    except LoginRefused as error:
        in_clear = server.security is Security.NONE
        lines.append(failed("IMAP login", error, login_mend(credentials, "imap", error, in_clear=in_clear)))
    except MailboxUnavailable as error:
        lines.append(failed("IMAP connection", error, connection_mend(error, "imap")))
    except MailboxRefused as error:
        lines.append(failed("IMAP mailbox", error, _NOT_OPENED))
    except ConfigurationError as error:
        lines.append(failed("IMAP mailbox", error, "Mend the configuration as it says."))
    finally:
        if client is not None:
            hang_up(client)
    return lines


def _capabilities(client: IMAPClient, poll_seconds: float) -> Iterator[CheckLine]:
    wanted = {
        "IDLE": f"no IDLE: new mail is noticed within {poll_seconds:g} seconds instead of at once",
        "MOVE": "no MOVE: messages are copied and then deleted",
        "UIDPLUS": "no UIDPLUS: copied messages stay behind, marked as deleted",
    }
    lacking = [words for name, words in wanted.items() if not client.has_capability(name)]
    if client.has_capability("MOVE"):
        lacking = [words for words in lacking if "UIDPLUS" not in words]
    if not lacking:
        yield ok("IMAP capabilities", "IDLE and MOVE are offered")
        return
    yield CheckLine(
        subject="IMAP capabilities",
        health=Health.WARNING,
        detail="; ".join(lacking),
        mend="It works; a newer or differently configured server would do better.",
    )


def _folders(client: IMAPClient, folders: Sequence[str]) -> CheckLine:
    """Whether INBOX can be written to, ours are there or can be made, and the server lets us use them."""
    client.select_folder("INBOX")
    names = read_names(client)
    missing = missing_folders(folders, client.list_folders(), names)
    there = {names.on_server(folder) for folder in folders} - {*missing, "INBOX"}
    if client.has_capability("ACL"):
        lacking = [
            *_lacking(client, "INBOX", "lrte"),
            *(w for name in sorted(there) for w in _lacking(client, name, "li")),
        ]
        if lacking:
            return CheckLine(
                subject="IMAP folders",
                health=Health.FAILED,
                detail="; ".join(lacking),
                mend="Give this login the rights to read and delete in INBOX and to insert in the others.",
            )
    if missing:
        words = ", ".join(missing)
        return ok("IMAP folders", f"INBOX can be written to; to be made at the first run: {words}")
    return ok("IMAP folders", "INBOX can be written to; all of ours are there")


def _lacking(client: IMAPClient, name: str, needed: str) -> list[str]:
    """Rights on a folder that we need and do not have (RFC 4314 §2.1); 'd' is old for 't' and 'e'."""
    answer = client._command_and_check("myrights", client._normalise_folder(name))
    rights = answer[-1].decode("ascii", "replace").rpartition(" ")[2]
    if "d" in rights:
        rights += "te"
    absent = [right for right in needed if right not in rights]
    return [f"{name}: no right to {_RIGHTS[right]}" for right in absent]


def _nothing() -> None:
    """`translated` closes nothing here: the check hangs up at its end."""
