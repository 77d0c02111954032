"""The ledger's schema: the steps make what the code expects, from nothing and from every schema there was."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection, func, inspect, select

from bot.directories import accounts_table
from bot.errors import ConfigurationError
from bot.store import upgrade as upgrading
from bot.store.columns import metadata
from bot.store.engine import Database
from bot.store.queries import Queries
from bot.store.schema import nodes
from bot.store.upgrade import HEAD, refuse_newer, require_current, schema_version, upgrade
from tests.acceptance.scene import a_message
from tests.contract.conversation_builders import Desk
from tests.contract.ledger_builders import Clock
from tests.contract.released import SCHEMAS, restore

STEPS = Path(upgrading.__file__).parent / "migrations/versions"
TABLES = [metadata, accounts_table.accounts.metadata]
VERSIONS = [path.name[1:5] for path in sorted(STEPS.glob("v*.py"))]


@pytest.fixture
def database(empty_database_url: str) -> Iterator[Database]:
    made = Database(empty_database_url, owner="test")
    yield made
    made.close()


def differences(database: Database) -> list[Any]:
    """What a step would have to change, so that the database were what the code's tables say."""
    with database.read() as connection:
        options = {"compare_type": True, "compare_server_default": another_default}
        return list(compare_metadata(MigrationContext.configure(connection, opts=options), TABLES))


def another_default(*sides: Any) -> bool:
    """Whether a default differs; they are written `('')`, `'0'::double precision` or `false`."""
    _, _, _, found, _, wanted = sides
    words = {"false": "0", "true": "1"}
    plain = [re.sub(r"::[\w ]+$", "", str(side or "")).strip("()'") for side in (found, wanted)]
    return words.get(plain[0], plain[0]) != words.get(plain[1], plain[1])


def counted(connection: Connection) -> dict[str, int]:
    """How many rows each table has; processes come and go."""
    return {
        table.name: connection.execute(select(func.count()).select_from(table)).scalar_one()
        for tables in TABLES
        for table in tables.sorted_tables
        if table is not nodes and inspect(connection).has_table(table.name)
    }


def test_an_empty_database_becomes_what_the_code_expects(database: Database) -> None:
    assert schema_version(database) == ""
    assert upgrade(database) is True
    assert schema_version(database) == HEAD
    assert differences(database) == []
    assert upgrade(database) is False


@pytest.mark.parametrize("version", VERSIONS)
def test_a_ledger_of_every_schema_there_was_is_upgraded(
    database: Database, empty_database_url: str, tmp_path: Path, version: str
) -> None:
    dialect = database.engine.dialect.name
    restore(empty_database_url, (SCHEMAS / f"{version}.{dialect}.sql").read_text(encoding="utf-8"))
    assert schema_version(database) == version
    with database.read() as connection:
        before = counted(connection)
    upgrade(database)
    require_current(database)
    assert differences(database) == []
    with database.read() as connection:
        after = counted(connection)
    assert {name: after[name] for name in before} == before
    assert before["import_rows"] == 4


@pytest.mark.parametrize("version", VERSIONS)
def test_a_question_from_before_the_upgrade_is_settled_after_it(
    empty_database_url: str, tmp_path: Path, version: str
) -> None:
    dialect = empty_database_url.partition(":")[0].partition("+")[0]
    restore(empty_database_url, (SCHEMAS / f"{version}.{dialect}.sql").read_text(encoding="utf-8"))
    desk = Desk(database=empty_database_url, folder=tmp_path, clock=Clock())
    try:
        queries = Queries(desk.ledger.database)
        asked = next(entry for entry in queries.latest(10) if entry.message_id == "<2@c.test>")
        (found,) = queries.imports_of(asked.id)
        question = next(letter for letter in found.letters if letter.kind == "reply")
        answer = a_message("Yes please", subject="Re: New starters", message_id="<4@c.test>")
        answer["In-Reply-To"] = f"<reply.{found.record.reference}@yourcompany.test>"
        assert question.state == "sent"
        desk.receive(answer)
        desk.deliver()
        assert desk.notified == ["customer2+eve@customer.test"]
    finally:
        desk.close()


def test_a_newer_schema_stops_an_older_bot_and_says_what_to_do(database: Database) -> None:
    upgrade(database)
    with database.write() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
    for refuse in (upgrade, require_current, refuse_newer):
        with pytest.raises(
            ConfigurationError, match=r"\(9999\) is newer than this release .* install the newer"
        ):
            refuse(database)


def test_an_upgrade_that_fails_leaves_everything_as_it_was(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    steps = upgrading._run_steps

    def power_cut(connection: Connection) -> None:
        steps(connection)
        raise KeyboardInterrupt

    monkeypatch.setattr(upgrading, "_run_steps", power_cut)
    with pytest.raises(KeyboardInterrupt):
        upgrade(database)
    with database.read() as connection:
        assert inspect(connection).get_table_names() == []


def test_every_step_follows_the_one_before_and_has_its_ledgers_kept() -> None:
    told = [
        re.findall(r'^(?:down_)?revision = "?(\w+)"?$', path.read_text(), re.MULTILINE)
        for path in sorted(STEPS.glob("v*.py"))
    ]
    assert told == [[version, before] for version, before in zip(VERSIONS, ["None", *VERSIONS], strict=False)]
    assert VERSIONS[-1] == HEAD
    names = {f"{version}.{dialect}.sql" for version in VERSIONS for dialect in ("sqlite", "postgresql")}
    assert {path.name for path in SCHEMAS.iterdir()} == names, "run python -m tests.contract.released"
