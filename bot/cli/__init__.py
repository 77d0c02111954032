"""The command line: `rollcall`."""

import sys

import click

from bot import __version__
from bot.cli.lazy import LazyGroup
from bot.errors import ConfigurationError, RollcallError

COMMANDS = {
    "demo": ("bot.cli.demo", "demo", "Try it: the whole job on an embedded mail server, no config needed."),
    "run": ("bot.cli.run", "run", "Run the service: watch the mailbox and answer."),
    "init": ("bot.cli.init", "init", "Write a first configuration, by asking."),
    "check": ("bot.cli.check", "check", "Try every connection, and say how to mend what fails."),
    "preview": (
        "bot.cli.preview",
        "preview",
        "Say what would be done with mails or sheets; changes nothing.",
    ),
    "trace": ("bot.cli.trace", "trace", "Show every decision about one mail, with its evidence."),
    "template": ("bot.cli.template", "template", "Write the empty Learner Upload sheet."),
    "status": ("bot.cli.look", "status", "How things stand: queue, outbox, mailboxes, nodes."),
    "list": ("bot.cli.look", "list_messages", "The last messages and what became of them."),
    "show": ("bot.cli.look", "show", "All about one message or import."),
    "retry": ("bot.cli.act", "retry", "Work a message again, safely."),
    "approve": ("bot.cli.act", "approve", "Let a held message through."),
    "undo": ("bot.cli.act", "undo", "Deactivate the unused accounts that an import created."),
    "backup": ("bot.cli.backup", "backup", "Copy the ledger while the service runs."),
    "forget": ("bot.cli.forget", "forget", "Remove a person's data, and report what was removed."),
    "db": ("bot.cli.db", "db", "The ledger's database: upgrade, version."),
}


@click.group(
    cls=LazyGroup,
    lazy=COMMANDS,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog="New here? `rollcall demo` shows the whole job in a few seconds.",
)
@click.version_option(__version__, prog_name="rollcall")
def rollcall() -> None:
    """A learner spreadsheet in the support mailbox becomes accounts, notices and one clear reply."""


def main() -> None:
    """The console command: exit 0 done, 1 not done, 2 a wrong call or configuration."""
    try:
        rollcall(standalone_mode=True)
    except ConfigurationError as error:
        click.echo(f"rollcall: {error}", err=True)
        sys.exit(2)
    except RollcallError as error:
        click.echo(f"rollcall: {error}", err=True)
        sys.exit(1)
    except BrokenPipeError:
        sys.exit(1)
