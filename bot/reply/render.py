"""Every mail of the route in words: a report goes in; subject, text and HTML come out."""

from dataclasses import replace
from typing import Any

from bot.reply.clean import addressable, cleaned
from bot.reply.facts import results
from bot.reply.letters import ask, bounces, digest
from bot.reply.template_set import Templates
from bot.values.outgoing import OutgoingFile, Words
from bot.values.report import (
    AskReport,
    BounceReport,
    ConfirmReport,
    DigestReport,
    ImportReport,
    NewLinkFacts,
    NoticeFacts,
    SettledReport,
    StaffNote,
    ThreadReport,
    TicketLinkFacts,
    TicketWord,
    WaitingReport,
)


def render_results(
    report: ImportReport,
    templates: Templates,
    *,
    annotated: tuple[OutgoingFile, ...] = (),
    to_fix: OutgoingFile | None = None,
) -> Words:
    """What came of an upload; `annotated` and `to_fix` are named in the words and go with them."""
    facts = results(
        report,
        to_fix_file=to_fix.name if to_fix else "",
        annotated_files=tuple(file.name for file in annotated),
    )
    return _words("results", facts, report.greeting, templates, annotated + ((to_fix,) if to_fix else ()))


def render_ask(report: AskReport, templates: Templates, *, template: OutgoingFile | None = None) -> Words:
    """An upload request without a usable sheet; `template` is the sheet to fill in."""
    facts = ask(report, template_file=template.name if template else "")
    return _words("ask", facts, report.greeting, templates, (template,) if template else ())


def render_settled(report: SettledReport, templates: Templates) -> Words:
    """The short reply to a "yes" or "no" in the thread, or to a word that settled nothing."""
    return _words("settled", report, report.greeting, templates)


def render_reminder(report: ThreadReport, templates: Templates) -> Words:
    """The one reminder of an unanswered question."""
    return _words("reminder", report, report.greeting, templates)


def render_closing(report: ThreadReport, templates: Templates) -> Words:
    """The question was not answered in time: it closes as no."""
    return _words("closing", report, report.greeting, templates)


def render_bounces(report: BounceReport, templates: Templates) -> Words:
    """Notices that could not be delivered, told once in the thread."""
    return _words("bounces", bounces(report), report.greeting, templates)


def render_waiting(report: WaitingReport, templates: Templates) -> Words:
    """The platform is away: the upload is safe and will be carried out by itself."""
    return _words("waiting", report, report.greeting, templates)


def render_confirm_sender(report: ConfirmReport, templates: Templates) -> Words:
    """The one-time question to the customer's own address: did you send this?"""
    return _words("confirm_sender", report, report.greeting, templates)


def render_notice(facts: NoticeFacts, templates: Templates) -> Words:
    """The Account Created mail to one learner."""
    facts = replace(facts, first_name=addressable(facts.first_name))
    return _said("notice", facts, templates)


def render_new_link(facts: NewLinkFacts, templates: Templates) -> Words:
    """A new one-time link for a learner who asked for one."""
    facts = replace(facts, first_name=addressable(facts.first_name))
    return _said("new_link", facts, templates)


def render_ticket_link(facts: TicketLinkFacts, templates: Templates) -> Words:
    """The link by which the address on a New ticket form is confirmed."""
    return _said("ticket_link", facts, templates)


def render_ticket_word(word: TicketWord, templates: Templates) -> Words:
    """To somebody whose ticket is now with a person of the team."""
    return _said("ticket_word", word, templates)


def render_staff_note(note: StaffNote, templates: Templates) -> Words:
    """The note beside a held or set-aside message: why it is there, and how to release it."""
    return _said("staff_note", note, templates)


def render_digest(report: DigestReport, templates: Templates) -> Words:
    """What happened in a day, for the staff; long lists are cut and say so."""
    return _said("digest", digest(report), templates)


def _words(
    name: str,
    facts: Any,
    greeting: str,
    templates: Templates,
    files: tuple[OutgoingFile, ...] = (),
) -> Words:
    """A letter to a customer: greeted by a first name that is fit for it."""
    return _said(name, replace(facts, greeting=addressable(greeting)), templates, files)


def _said(name: str, facts: object, templates: Templates, files: tuple[OutgoingFile, ...] = ()) -> Words:
    """Clean everything that came from outside, then let the templates speak."""
    subject, text, html = templates.render(name, cleaned(facts))
    return Words(subject=subject, text=text, html=html, files=files)
