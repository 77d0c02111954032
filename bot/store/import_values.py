"""Imports and their rows as the tables hold them, and as the values that travel."""

from typing import Any

from bot.values.learner import ImportRow, Outcome
from bot.values.ledger import ImportRecord, ImportState, Journal
from bot.values.request import Answer, Preference

REPAIR_SEPARATOR = "\x1f"
ROW_COLUMNS = (
    "import_id",
    "position",
    "file",
    "sheet",
    "number",
    "first_name",
    "last_name",
    "email",
    "key",
    "outcome",
    "reason",
    "detail",
    "hint",
    "repairs",
    "journal",
)


def import_record(row: Any) -> ImportRecord:
    """A row of `imports` as a value."""
    return ImportRecord(
        id=row.id,
        reference=row.reference,
        message=row.message,
        run=row.run,
        thread=row.thread,
        customer=row.customer,
        directory=row.directory,
        state=ImportState(row.state),
        dry_run=row.dry_run,
        preference=Preference(answer=Answer(row.answer), evidence=row.evidence, where=row.answer_where),
        from_thread=row.from_thread,
        source=row.source,
        started=row.started,
    )


def import_row(row: Any) -> ImportRow:
    """A row of `import_rows` as a value."""
    return ImportRow(
        position=row.position,
        file=row.file,
        sheet=row.sheet,
        number=row.number,
        first_name=row.first_name,
        last_name=row.last_name,
        email=row.email,
        key=row.key,
        outcome=Outcome(row.outcome),
        reason=row.reason,
        detail=row.detail,
        hint=row.hint,
        repairs=tuple(row.repairs.split(REPAIR_SEPARATOR)) if row.repairs else (),
    )


def columns_of(import_id: int, row: ImportRow) -> tuple[Any, ...]:
    """In the order of ROW_COLUMNS."""
    return (
        import_id,
        row.position,
        row.file,
        row.sheet,
        row.number,
        row.first_name,
        row.last_name,
        row.email,
        row.key,
        row.outcome.value,
        row.reason,
        row.detail,
        row.hint,
        REPAIR_SEPARATOR.join(row.repairs),
        (Journal.PLANNED if row.outcome is Outcome.PENDING else Journal.DONE).value,
    )
