"""Creates the learners of an import, chunk by chunk, with the intent and the outcome journalled."""

from collections.abc import Mapping, Sequence

from bot.ports import Directory, Imports
from bot.values.learner import Account, CreateResult, CreateStatus, OpenRow, Outcome
from bot.values.ledger import ImportRecord, Job

# (position, outcome, detail, account id)
RowOutcome = tuple[int, Outcome, str, str]


def create_accounts(job: Job, record: ImportRecord, directory: Directory, imports: Imports) -> None:
    """Bring every row of the import to its outcome; begun before or not, it goes on where the journal stands.

    Raises DirectoryUnavailable or DirectoryRefused as the directory does; what was journalled stays true.
    """
    done = -1
    while True:
        planned, creating = imports.unfinished(record.id, directory.batch_size, done)
        if not planned and not creating:
            return
        if creating:
            _finish_interrupted(job, record, directory, imports, creating)
        if planned:
            _create_chunk(job, record, directory, imports, planned)
        if len(planned) + len(creating) < directory.batch_size:
            return
        done = max(rows[-1].position for rows in (planned, creating) if rows)


def check_accounts(job: Job, record: ImportRecord, directory: Directory, imports: Imports) -> None:
    """A dry run: look every row up, create nothing."""
    done = -1
    while True:
        planned, _ = imports.unfinished(record.id, directory.batch_size, done)
        if not planned:
            return
        found = directory.find([row.learner.email for row in planned])
        told = _tell_existing(imports, planned, found, record)
        outcomes = [told.get(row.position, (row.position, Outcome.WOULD_CREATE, "", "")) for row in planned]
        imports.journal_outcomes(job, record.id, outcomes)
        done = planned[-1].position


def _create_chunk(
    job: Job, record: ImportRecord, directory: Directory, imports: Imports, rows: Sequence[OpenRow]
) -> None:
    found = directory.find([row.learner.email for row in rows])
    told = _tell_existing(imports, rows, found, record)
    absent = [row for row in rows if row.learner.key not in found]
    if told:
        imports.journal_outcomes(job, record.id, list(told.values()))
    if absent:
        # From here on an account under one of these addresses is our own doing.
        imports.journal_creating(job, record.id, [row.position for row in absent])
        _ask_platform(job, record, directory, imports, absent)


def _ask_platform(
    job: Job, record: ImportRecord, directory: Directory, imports: Imports, rows: Sequence[OpenRow]
) -> None:
    results = directory.create([row.learner for row in rows], record.reference)
    outcomes = [_outcome(row, result) for row, result in zip(rows, results, strict=True)]
    imports.journal_outcomes(job, record.id, outcomes)


def _finish_interrupted(
    job: Job, record: ImportRecord, directory: Directory, imports: Imports, rows: Sequence[OpenRow]
) -> None:
    """After a crash or a time-out nobody knows whether the call took effect: look first, then ask again."""
    found = directory.find([row.learner.email for row in rows])
    ours, absent = [], []
    for row in rows:
        account = found.get(row.learner.key)
        if account is None:
            absent.append(row)
        else:
            ours.append(_recovered(row, account, record.reference))
    if ours:
        directory.adopt([found[row.learner.key] for row in rows if row.learner.key in found])
        imports.journal_outcomes(job, record.id, ours)
    if absent:
        _ask_platform(job, record, directory, imports, absent)


def _recovered(row: OpenRow, account: Account, stamp: str) -> RowOutcome:
    """It was absent when we looked, so it is ours, unless it carries somebody else's stamp."""
    if account.stamp and account.stamp != stamp:
        return row.position, Outcome.EXISTING, "", account.id
    return row.position, Outcome.CREATED, "", account.id


def _outcome(row: OpenRow, result: CreateResult) -> RowOutcome:
    account = result.account.id if result.account else ""
    match result.status:
        case CreateStatus.CREATED:
            return row.position, Outcome.CREATED, "", account
        case CreateStatus.EXISTING:
            return row.position, Outcome.EXISTING, result.reason, account
        case CreateStatus.REFUSED:
            return row.position, Outcome.FAILED, result.reason, ""


def _tell_existing(
    imports: Imports, rows: Sequence[OpenRow], found: Mapping[str, Account], record: ImportRecord
) -> dict[int, RowOutcome]:
    existing = [row for row in rows if row.learner.key in found]
    if not existing:
        return {}
    before = imports.created_before([row.learner.key for row in existing], record.customer)
    told: dict[int, RowOutcome] = {}
    for row in existing:
        reference = before.get(row.learner.key, "")
        detail = f"created by your upload {reference}" if reference else ""
        told[row.position] = (row.position, Outcome.EXISTING, detail, found[row.learner.key].id)
    return told
