"""The staff's daily digest: what was done, and what waits for a person."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from bot.mail.compose import make_message_id
from bot.reply.render import render_digest
from bot.runners.letters import staff_letter
from bot.runners.office import Office
from bot.values.learner import Outcome
from bot.values.records import DayFigures, Waiting
from bot.values.report import DigestLine, DigestReport
from bot.values.times import readable_time


def send_digest(office: Office, at: str) -> bool:
    """Send the digest of the last full day once, at or after `at` ('07:30', local time); True if it was.

    Its Message-ID is made from the day, so that several bots, or one that starts anew, send it once.
    """
    if not office.staff_address:
        return False
    due = _last_due(datetime.fromtimestamp(office.now()).astimezone(), at)
    seed = f"staff.digest.{due:%Y-%m-%d}"
    if office.records.was_written(make_message_id(seed, office.message_id_domain)):
        return False
    begun = due - timedelta(days=1)
    figures = office.records.day(begun.timestamp(), due.timestamp())
    words = render_digest(_report(figures, begun, office), office.templates)
    office.settler.post_letters(staff_letter(office, words, seed=seed))
    return True


def _last_due(now: datetime, at: str) -> datetime:
    hour, _, minute = at.partition(":")
    today = now.replace(hour=int(hour), minute=int(minute), second=0, microsecond=0)
    return today if today <= now else today - timedelta(days=1)


def _report(figures: DayFigures, day: datetime, office: Office) -> DigestReport:
    counts = figures.outcomes
    return DigestReport(
        period=f"{day.day} {day:%B %Y}",
        team=next(iter(office.mailboxes.values())).display_name,
        uploads=figures.uploads,
        rows=sum(counts.values()),
        created=counts.get(Outcome.CREATED, 0),
        existing=counts.get(Outcome.EXISTING, 0),
        duplicate=counts.get(Outcome.DUPLICATE, 0),
        to_fix=counts.get(Outcome.INVALID, 0),
        failed=counts.get(Outcome.FAILED, 0),
        notices_sent=figures.notices_sent,
        notices_bounced=figures.notices_bounced,
        open_questions=figures.open_questions,
        waiting=figures.waiting,
        held=_lines(figures.held),
        problems=_lines(figures.problems),
    )


def _lines(waiting: Sequence[Waiting]) -> tuple[DigestLine, ...]:
    return tuple(
        DigestLine(
            sender=one.sender or "nobody in particular",
            subject=one.subject,
            why=one.reason,
            received=readable_time(one.received),
            reference=f"M{one.message}",
        )
        for one in waiting
    )
