"""The facts a results reply states, gathered from a finished import."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace

from bot.reply.cloud import host_of, service_of
from bot.reply.excerpt import Line, Liner, Place, Section, place_of, section, who
from bot.reply.tally import Counts, count
from bot.values.customer import Site
from bot.values.learner import ImportRow, Outcome
from bot.values.report import Earlier, FileReport, ImportReport, Notification
from bot.values.request import Preference
from bot.values.sheet import Verdict

SHOWN_PROBLEMS = 20
SHOWN_REPAIRS = 10
SHOWN_FILES = 20
SHOWN_LISTS = 20


@dataclass(frozen=True, kw_only=True, slots=True)
class Part:
    """One learner list of an upload that holds several, with its own counts."""

    file: str
    sheet: str
    counts: Counts


@dataclass(frozen=True, kw_only=True, slots=True)
class ReadList:
    """How one list was read: where its header stands and which column is what."""

    file: str
    sheet: str
    header_row: int | None
    columns: tuple[tuple[str, str], ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class ReadFile:
    """How one file was read: its lists, and what was assumed to read it."""

    name: str
    lists: tuple[ReadList, ...]
    notes: tuple[str, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Results:
    """Everything the results template may say. `files_shown` are the files that gave rows."""

    reference: str
    subject: str
    greeting: str
    site: Site
    file_names: tuple[str, ...]
    counts: Counts
    parts: tuple[Part, ...]
    more_parts: int
    preference: Preference
    preference_from_thread: bool
    notification: Notification
    to_fix: Section
    refused: Section
    advice: Section
    repairs: Section
    unread: tuple[FileReport, ...]
    read: tuple[ReadFile, ...]
    to_fix_file: str
    annotated_files: tuple[str, ...]
    earlier: Earlier | None
    dry_run: bool
    courses_asked: bool
    single_learner: bool
    cloud_host: str
    cloud_service: str


def problem_line(row: ImportRow) -> Line:
    """A row with what is wrong with it."""
    return Line(
        number=row.number, who=who(row), detail=row.detail or row.reason.replace("_", " "), hint=row.hint
    )


def repair_line(row: ImportRow) -> Line:
    """A row with what was cleaned up in it."""
    return Line(number=row.number, who="", detail=", ".join(row.repairs))


def parts_of(rows: Iterable[ImportRow], place: Place) -> tuple[Part, ...]:
    """Each list with its counts, in order of appearance; nothing where there is only one."""
    lists: dict[tuple[str, str], list[ImportRow]] = {}
    for row in rows:
        lists.setdefault((row.file, row.sheet), []).append(row)
    if len(lists) < 2:
        return ()
    named = ((place(file, sheet), counted) for (file, sheet), counted in lists.items())
    return tuple(Part(file=file, sheet=sheet, counts=count(counted)) for (file, sheet), counted in named)


def read_files(files: Iterable[FileReport]) -> tuple[ReadFile, ...]:
    """How every file with a list in it was read."""
    return tuple(
        ReadFile(
            name=file.name,
            notes=file.notes[:5],
            lists=tuple(
                ReadList(
                    file=file.name, sheet=item.sheet, header_row=item.header_row, columns=item.columns[:6]
                )
                for item in file.lists[:SHOWN_LISTS]
            ),
        )
        for file in files
        if file.verdict is Verdict.OK and (file.lists or file.notes)
    )[:SHOWN_FILES]


def results(report: ImportReport, *, to_fix_file: str, annotated_files: tuple[str, ...]) -> Results:
    """Gather the facts of one finished import; the file arguments are names of what goes with the reply."""
    cloud_host = host_of(report.cloud_link)
    rows, place = report.rows, place_of(report.rows)

    def chosen(wanted: Callable[[ImportRow], object], limit: int, line: Liner = problem_line) -> Section:
        return section(tuple(row for row in rows if wanted(row)), limit, place, line)

    parts = parts_of(rows, place)
    return Results(
        reference=report.reference,
        subject=report.subject,
        greeting=report.greeting,
        site=report.site,
        file_names=tuple(dict.fromkeys(row.file for row in rows)),
        counts=count(rows),
        parts=parts[:SHOWN_LISTS],
        more_parts=max(0, len(parts) - SHOWN_LISTS),
        preference=replace(report.preference, steps=()),
        preference_from_thread=report.preference_from_thread,
        notification=report.notification,
        to_fix=chosen(lambda row: row.outcome is Outcome.INVALID, SHOWN_PROBLEMS),
        refused=chosen(lambda row: row.outcome is Outcome.FAILED, SHOWN_PROBLEMS),
        advice=chosen(_worth_a_look, SHOWN_PROBLEMS),
        repairs=chosen(lambda row: row.repairs, SHOWN_REPAIRS, repair_line),
        unread=tuple(file for file in report.files if file.verdict is not Verdict.OK)[:SHOWN_FILES],
        read=read_files(report.files),
        to_fix_file=to_fix_file,
        annotated_files=annotated_files,
        earlier=report.earlier,
        dry_run=report.dry_run,
        courses_asked=report.courses_asked,
        single_learner=report.single_learner,
        cloud_host=cloud_host,
        cloud_service=service_of(cloud_host),
    )


def _worth_a_look(row: ImportRow) -> bool:
    """A row that went well but has something to say: a likely typo, a changed username."""
    fine = row.outcome in {Outcome.CREATED, Outcome.WOULD_CREATE}
    return fine and bool(row.hint or row.detail)
