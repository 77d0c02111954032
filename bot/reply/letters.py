"""The facts of the shorter letters, where the report alone does not say them: ask, bounces, digest."""

from dataclasses import dataclass, replace

from bot.reply.cloud import host_of, service_of
from bot.reply.excerpt import Line, Section, place_of, section, who
from bot.reply.facts import SHOWN_FILES, SHOWN_PROBLEMS
from bot.reply.tally import Counts
from bot.values.customer import Site
from bot.values.learner import ImportRow
from bot.values.report import AskReport, BounceReport, DigestLine, DigestReport, FileReport, NoSheet
from bot.values.request import Preference
from bot.values.sheet import Verdict

SHOWN_IN_DIGEST = 50


@dataclass(frozen=True, kw_only=True, slots=True)
class Ask:
    """Everything the template of an upload request without a sheet may say. `limit_mb` is 0 where unknown."""

    reference: str
    subject: str
    greeting: str
    site: Site
    why: NoSheet
    files: tuple[FileReport, ...]
    file_names: tuple[str, ...]
    template_file: str
    cloud_host: str
    cloud_service: str
    single_learner: bool
    courses_asked: bool
    limit_mb: int
    preference: Preference | None


def ask(report: AskReport, *, template_file: str) -> Ask:
    """Gather the facts of an upload request without a usable sheet."""
    files = tuple(file for file in report.files if file.verdict is not Verdict.OK)[:SHOWN_FILES]
    host = host_of(report.cloud_link)
    return Ask(
        reference=report.reference,
        subject=report.subject,
        greeting=report.greeting,
        site=report.site,
        why=report.why,
        files=files,
        file_names=tuple(file.name for file in files),
        template_file=template_file,
        cloud_host=host,
        cloud_service=service_of(host),
        single_learner=report.single_learner,
        courses_asked=report.courses_asked,
        limit_mb=report.limit_bytes // (1024 * 1024),
        preference=report.preference and replace(report.preference, steps=()),
    )


@dataclass(frozen=True, kw_only=True, slots=True)
class Bounces:
    """Everything the template of undelivered notices may say."""

    reference: str
    subject: str
    greeting: str
    site: Site
    sent: int
    undelivered: Section


def bounces(report: BounceReport) -> Bounces:
    """Gather the facts of notices that came back."""
    why = {item.row.position: item.why for item in report.undelivered}
    rows = tuple(item.row for item in report.undelivered)

    def line(row: ImportRow) -> Line:
        return Line(number=row.number, who=who(row), detail=why[row.position], hint=row.hint)

    return Bounces(
        reference=report.reference,
        subject=report.subject,
        greeting=report.greeting,
        site=report.site,
        sent=report.sent,
        undelivered=section(rows, SHOWN_PROBLEMS, place_of(rows), line),
    )


@dataclass(frozen=True, kw_only=True, slots=True)
class Digest:
    """Everything the digest's template may say; `waiting_for_you` counts what a person must look at."""

    period: str
    team: str
    uploads: int
    rows: int
    created: int
    counts: Counts
    notices_sent: int
    notices_bounced: int
    open_questions: int
    waiting: int
    held: tuple[DigestLine, ...]
    held_total: int
    problems: tuple[DigestLine, ...]
    problems_total: int
    waiting_for_you: int


def digest(report: DigestReport) -> Digest:
    """Gather the facts of a day; rows without an outcome yet are counted as still to be done."""
    counts = Counts(
        rows=report.rows,
        created=report.created,
        existing=report.existing,
        duplicate=report.duplicate,
        invalid=report.to_fix,
        failed=report.failed,
    )
    told = counts.created + counts.existing + counts.duplicate + counts.invalid + counts.failed
    return Digest(
        period=report.period,
        team=report.team,
        uploads=report.uploads,
        rows=report.rows,
        created=report.created,
        counts=replace(counts, pending=max(0, report.rows - told)),
        notices_sent=report.notices_sent,
        notices_bounced=report.notices_bounced,
        open_questions=report.open_questions,
        waiting=report.waiting,
        held=report.held[:SHOWN_IN_DIGEST],
        held_total=len(report.held),
        problems=report.problems[:SHOWN_IN_DIGEST],
        problems_total=len(report.problems),
        waiting_for_you=len(report.held) + len(report.problems),
    )
