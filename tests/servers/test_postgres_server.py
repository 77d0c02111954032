"""The levers of the PostgreSQL server do what they say: what the contract and acceptance tests rest on."""

import pytest
import sqlalchemy as sa

from tests.servers.postgres import Postgres

pytestmark = pytest.mark.servers


def ask(url: str, statement: str) -> object:
    engine = sa.create_engine(url, poolclass=sa.NullPool)
    with engine.begin() as connection:
        return connection.execute(sa.text(statement)).scalar()


def test_every_test_gets_an_empty_database(postgres: Postgres, postgres_url: str) -> None:
    other = postgres.fresh_database()
    assert postgres.url(other) != postgres_url
    assert ask(postgres_url, "SELECT count(*) FROM pg_tables WHERE schemaname = 'public'") == 0
    postgres.drop_database(other)


def test_a_restart_breaks_connections_and_keeps_data(postgres: Postgres, postgres_url: str) -> None:
    engine = sa.create_engine(postgres_url)
    with engine.connect() as connection:
        connection.execute(sa.text("CREATE TABLE kept (x int)"))
        connection.commit()
        postgres.restart()
        with pytest.raises(sa.exc.OperationalError):
            connection.execute(sa.text("SELECT 1"))
    engine.dispose()
    assert ask(postgres_url, "SELECT count(*) FROM kept") == 0


def test_connections_to_one_database_can_be_cut(postgres: Postgres, postgres_url: str) -> None:
    engine = sa.create_engine(postgres_url)
    with engine.connect() as connection:
        connection.execute(sa.text("SELECT 1"))
        postgres.drop_connections(postgres_url.rpartition("/")[2])
        with pytest.raises(sa.exc.OperationalError):
            connection.execute(sa.text("SELECT 1"))
    engine.dispose()
