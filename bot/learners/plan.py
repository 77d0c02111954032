"""Turns what was read into the rows of an import: one row each, in order, with what is known already."""

from collections.abc import Collection, Iterator, Sequence

from bot.values.address import domain_of, identity_key
from bot.values.learner import ImportRow, Outcome
from bot.values.sheet import Check, Reason, SheetReading, SheetRow, Verdict

OUTCOME_OF_CHECK = {
    Check.OK: Outcome.PENDING,
    Check.DUPLICATE: Outcome.DUPLICATE,
    Check.INVALID: Outcome.INVALID,
}


def plan_rows(
    readings: Sequence[SheetReading], learner_domains: Collection[str] = ()
) -> tuple[ImportRow, ...]:
    """Every row of every list read, numbered from 0. Rows that still need the directory are PENDING.

    `learner_domains`, if any, bound the addresses that may be created; the same address in a second file of
    the upload is a duplicate of the first.
    """
    return tuple(_planned(readings, frozenset(learner_domains)))


def _planned(readings: Sequence[SheetReading], allowed: frozenset[str]) -> Iterator[ImportRow]:
    first_seen: dict[str, str] = {}
    position = 0
    several = sum(reading.verdict is Verdict.OK for reading in readings) > 1
    for reading in readings:
        if reading.verdict is not Verdict.OK:
            continue
        for row in reading.rows:
            key = identity_key(row.email) if row.check is not Check.INVALID else ""
            yield _import_row(position, reading.name, row, key, first_seen, allowed)
            if row.check is Check.OK:
                place = f"row {row.number}" + (f' of "{reading.name}"' if several else "")
                first_seen.setdefault(key, place)
            position += 1


def _import_row(
    position: int, file: str, row: SheetRow, key: str, first_seen: dict[str, str], allowed: frozenset[str]
) -> ImportRow:
    outcome, reason, detail = OUTCOME_OF_CHECK[row.check], row.reason or "", row.detail
    if row.check is Check.OK and allowed and domain_of(row.email) not in allowed:
        outcome, reason = Outcome.INVALID, Reason.NOT_ALLOWED
        detail = f"you can create accounts only at {_listed(sorted(allowed))}"
    elif row.check is Check.OK and key in first_seen:
        outcome, detail = Outcome.DUPLICATE, f"the same address as {first_seen[key]}"
    return ImportRow(
        position=position,
        file=file,
        sheet=row.sheet,
        number=row.number,
        first_name=row.first_name,
        last_name=row.last_name,
        email=row.email,
        key=key,
        outcome=outcome,
        reason=str(reason),
        detail=detail,
        hint=row.hint,
        repairs=row.repairs,
    )


def _listed(names: Sequence[str]) -> str:
    if len(names) < 2:
        return "".join(names)
    return f"{', '.join(names[:-1])} or {names[-1]}"
