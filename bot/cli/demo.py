"""`demo`: the whole job, on an embedded mail server, with the real service over real IMAP and SMTP."""

import threading
import time
from pathlib import Path

import click

from bot.cli import demo_show as show
from bot.cli.logs import make_log
from bot.cli.screen_text import console
from bot.demo.stage import CUSTOMER, Stage, answer, sample_folder, sender_of, set_up
from bot.store.queries import LedgerEntry

FIRST = "01-yes-with-repairs.eml"
ASKED = "03-nothing-said.eml"


@click.command()
@click.option(
    "--mail",
    "mails",
    multiple=True,
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="A mail of your own (.eml) instead of the samples; may be given several times.",
)
@click.option("--stay", is_flag=True, help="Keep the servers up, and print the settings for a mail program.")
@click.option(
    "--folder", type=click.Path(path_type=Path), help="Where to keep the files  [a new temporary folder]"
)
@click.option("-v", "--verbose", is_flag=True, help="Show the service's log.")
def demo(mails: tuple[Path, ...], stay: bool, folder: Path | None, verbose: bool) -> None:
    """Try it: customers mail learner sheets, Rollcall answers. Needs no configuration.

    An embedded mail server is started on this machine, the sample mails are sent by SMTP, and the real
    service takes them over IMAP, creates the accounts and replies.
    """
    raws = [path.read_bytes() for path in mails]
    senders = tuple(dict.fromkeys([CUSTOMER, *filter(None, map(sender_of, raws))]))
    log = make_log("info" if verbose else "error", "text")
    stage = set_up(log, senders=senders, folder=folder)
    try:
        if raws:
            _own_mails(stage, raws)
        else:
            _samples(stage)
        out = console()
        show.show_folders(stage)
        out.print(f"Ledger and mails to open: {show.save_mails(stage).parent}")
        if stay:
            show.show_client_settings(stage)
            out.print("Press Ctrl-C to end.")
            _until_interrupted()
    finally:
        stage.close()


def _samples(stage: Stage) -> None:
    """The first sample in full, the conversation of another, the rest in a line each."""
    out = console()
    samples = {path.name: path.read_bytes() for path in sorted(sample_folder().glob("*.eml"))}
    started = time.monotonic()
    for raw in samples.values():
        stage.send(raw, sender_of(raw))
    entries = stage.wait_for(len(samples))
    took = time.monotonic() - started
    _in_full(stage, samples[FIRST], entries)
    out.print()
    _conversation(stage, samples[ASKED])
    out.print(f"\nAll {len(samples)} sample mails, answered in {took:.1f} s:", style="bold")
    show.show_journeys(stage.wait_for(len(samples) + 1))
    out.print()


def _in_full(stage: Stage, raw: bytes, entries: list[LedgerEntry]) -> None:
    out = console()
    show.show_mail(raw, "A customer writes", "cyan")
    entry = next((entry for entry in entries if entry.message_id.encode() in raw), None)
    reply = stage.reply_to(entry.message_id, sender_of(raw)) if entry else None
    if entry is None or reply is None:
        out.print("There was no reply: see how it ended below.")
        return
    show.show_mail(reply, "Rollcall answers in the thread", "green")
    out.print("The accounts:", style="bold")
    show.show_accounts(stage, entry)
    out.print()
    show.show_notice(stage, entry)


def _conversation(stage: Stage, raw: bytes) -> None:
    out = console()
    question = stage.reply_to("<sample-3@customer.test>", sender_of(raw))
    if question is None:
        return
    out.print("Another customer said nothing about notifications, was asked, and answers:", style="bold")
    said = answer(question, "Yes please, let them know.")
    stage.send(said, CUSTOMER)
    stage.wait_for(len(list(sample_folder().glob("*.eml"))) + 1)
    show.show_mail(said, "The customer answers", "cyan")
    settled = stage.reply_to("<answer-1@customer.test>", CUSTOMER)
    if settled:
        show.show_mail(settled, "Rollcall settles it", "green")


def _own_mails(stage: Stage, raws: list[bytes]) -> None:
    for raw in raws:
        stage.send(raw, sender_of(raw))
    entries = stage.wait_for(len(raws))
    for raw in raws:
        _in_full(stage, raw, entries)
    console().print()
    show.show_journeys(entries)


def _until_interrupted() -> None:
    try:
        threading.Event().wait()
    except KeyboardInterrupt:
        click.echo()
