"""What the demo shows: the customer's mail, the reply, the accounts, the notices, and where the files lie."""

from email import message_from_bytes
from email.header import decode_header, make_header
from pathlib import Path

from rich.rule import Rule

from bot.cli.screen_text import console, harmless, one_line, table
from bot.demo.stage import CUSTOMER, PASSWORD, SUPPORT, Stage, plain_text
from bot.store.queries import LedgerEntry


def show_mail(raw: bytes, title: str, colour: str) -> None:
    """A mail under a ruled title: who, what, text, files."""
    message = message_from_bytes(raw)
    files = [part.get_filename() for part in message.walk() if part.get_filename()]
    head = [f"{name}: {_header(message[name])}" for name in ("From", "To", "Subject") if message[name]]
    if files:
        head.append("Attached: " + ", ".join(str(name) for name in files))
    out = console()
    out.print(Rule(one_line(title), align="left", style=colour))
    for line in head:
        out.print(f"  {line}", style="dim")
    out.print()
    for line in harmless(plain_text(raw).strip(), 6000).splitlines():
        out.print(f"  {line}".rstrip())
    out.print()


def _header(value: str | None) -> str:
    return one_line(str(make_header(decode_header(value or ""))), 200)


def show_accounts(stage: Stage, entry: LedgerEntry) -> None:
    """The rows of an import: outcome, account, notice."""
    for found in stage.queries.imports_of(entry.id):
        grid = table("row", "learner", "username", "outcome", "notice")
        for row in found.rows:
            notice = found.notices.get(row.position, ("", ""))[0]
            grid.add_row(
                str(row.number),
                one_line(f"{row.first_name} {row.last_name}"),
                one_line(row.email),
                row.outcome.value,
                notice,
            )
        console().print(grid)


def show_notice(stage: Stage, entry: LedgerEntry) -> None:
    """The first notice that an import sent, as the learner sees it."""
    for found in stage.queries.imports_of(entry.id):
        for row in found.rows:
            mails = stage.mail.messages(row.email) if row.position in found.notices else []
            if mails:
                show_mail(mails[-1], "What each new learner gets", "magenta")
                return


def show_journeys(entries: list[LedgerEntry]) -> None:
    """Every message in one line: how it ended, what it was, why."""
    for entry in entries:
        subject = one_line(entry.subject, 32)
        console().print(f"  {entry.state.value:<9} {subject:<33} {one_line(entry.reason, 90)}")


def show_folders(stage: Stage) -> None:
    """What lies where in the support mailbox now."""
    counts = [(name, len(stage.mail.messages(SUPPORT, name))) for name in sorted(stage.mail.folders(SUPPORT))]
    told = ", ".join(f"{name} {count}" for name, count in counts if count)
    console().print(f"The support mailbox now: {told}")


def save_mails(stage: Stage) -> Path:
    """Write every mail that was sent into the demo's folder, as files to open in a mail program."""
    folder = stage.folder / "mails"
    folder.mkdir(exist_ok=True)
    people = {CUSTOMER, SUPPORT, *stage.mail.accounts.passwords}
    for entry in stage.queries.latest(1000):
        for found in stage.queries.imports_of(entry.id):
            people.update(row.email for row in found.rows)
    for person in sorted(people):
        for number, raw in enumerate(stage.mail.messages(person), start=1):
            safe = "".join(char if char.isalnum() or char in "@.-_" else "_" for char in person)
            (folder / f"{safe} {number}.eml").write_bytes(raw)
    return folder


def show_client_settings(stage: Stage) -> None:
    """How to look at it with any mail program."""
    out = console()
    out.print("Look at it with any mail program (no encryption, this machine only):")
    grid = table("", "")
    grid.add_row("IMAP", f"127.0.0.1 port {stage.mail.imap_port}")
    grid.add_row("SMTP", f"127.0.0.1 port {stage.mail.smtp_port}")
    for address in stage.mail.accounts.passwords:
        grid.add_row("account", f"{address}, password {PASSWORD}")
    if stage.settings.portal:
        grid.add_row("portal", stage.settings.portal.public_url)
    out.print(grid)
