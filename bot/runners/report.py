"""The facts of a reply, gathered from an import's rows: pure, so that words never decide anything."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

from bot.values.customer import Customer, NotifyBy
from bot.values.learner import ImportRow, Outcome
from bot.values.ledger import NoticeAction
from bot.values.message import Message
from bot.values.report import Earlier, FileReport, ImportReport, Notification
from bot.values.request import Answer, Preference, Wishes
from bot.values.sheet import LearnerList, SheetReading, Verdict

TO_FIX = (Outcome.INVALID, Outcome.FAILED)


def file_reports(readings: Sequence[SheetReading]) -> tuple[FileReport, ...]:
    """How each attachment was read, as the reply tells it."""
    return tuple(
        FileReport(
            name=reading.name,
            verdict=reading.verdict,
            problem=reading.problem,
            lists=reading.lists,
            notes=reading.notes,
            rows=len(reading.rows),
        )
        for reading in readings
    )


def pack_files(files: Sequence[FileReport]) -> str:
    """File reports as the JSON that the ledger keeps with the import."""
    return json.dumps([asdict(file) for file in files], ensure_ascii=False)


def unpack_files(source: str) -> tuple[FileReport, ...]:
    """The other way round."""
    return tuple(_file(entry) for entry in json.loads(source or "[]"))


def _file(entry: Mapping[str, Any]) -> FileReport:
    lists = tuple(
        LearnerList(
            sheet=each["sheet"],
            header_row=each["header_row"],
            rows=each["rows"],
            columns=tuple((field, column) for field, column in each["columns"]),
        )
        for each in entry["lists"]
    )
    return FileReport(
        name=entry["name"],
        verdict=Verdict(entry["verdict"]),
        problem=entry["problem"],
        lists=lists,
        notes=tuple(entry["notes"]),
        rows=entry["rows"],
    )


def decide_notification(
    rows: Sequence[ImportRow], answer: Answer, notify_by: NotifyBy
) -> tuple[Notification, NoticeAction | None]:
    """What the reply says of the Account Created mails, and what becomes of them."""
    if not any(row.outcome is Outcome.CREATED for row in rows):
        return Notification.NONE, None
    if notify_by is NotifyBy.PLATFORM and answer is Answer.YES:
        return Notification.PLATFORM, None
    match answer:
        case Answer.YES:
            return Notification.SENT, NoticeAction.QUEUE
        case Answer.NO:
            return Notification.WITHHELD, NoticeAction.WITHHOLD
        case _:
            return Notification.ASKED, NoticeAction.HOLD


def import_report(
    *,
    reference: str,
    message: Message,
    customer: Customer,
    rows: Sequence[ImportRow],
    files: Sequence[FileReport],
    preference: Preference,
    from_thread: bool,
    dry_run: bool,
    wishes: Wishes,
    notification: Notification,
    earlier: Earlier | None,
) -> ImportReport:
    """Everything that the results reply may mention."""
    return ImportReport(
        reference=reference,
        subject=message.subject,
        greeting=greeting_of(message),
        site=customer.site,
        files=tuple(files),
        rows=tuple(rows),
        preference=preference,
        notification=notification,
        preference_from_thread=from_thread,
        dry_run=dry_run,
        courses_asked=wishes.courses,
        single_learner=len(rows) == 1,
        cloud_link=wishes.cloud_link,
        earlier=earlier,
    )


def greeting_of(message: Message) -> str:
    """The first name of the sender's display name ("Miller, Dana (HR)" is Dana); '' where there is none."""
    name = message.sender.name.partition("(")[0].strip() if message.sender else ""
    family, comma, given = name.partition(",")
    words = (given if comma else family).split()
    return next((word for word in words if not word.endswith(".")), "")


def earlier_of(reference: str, before: Sequence[ImportRow], now: Sequence[ImportRow]) -> Earlier:
    """What the last upload of the thread came to, and how many of its problem rows are still there."""
    to_fix = [row for row in before if row.outcome in TO_FIX]
    still = {row.email for row in now if row.outcome in TO_FIX}
    return Earlier(
        reference=reference,
        created=sum(row.outcome is Outcome.CREATED for row in before),
        to_fix=len(to_fix),
        still_to_fix=sum(row.email in still for row in to_fix),
    )
