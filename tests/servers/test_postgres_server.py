"""The levers of the PostgreSQL server do what they say: what the contract and acceptance tests rest on."""

import socket

import pytest
import sqlalchemy as sa

from tests.servers.cable import Cable
from tests.servers.daemons import HOST
from tests.servers.postgres import Postgres

pytestmark = pytest.mark.servers
ASK_FOR_TLS = bytes([0, 0, 0, 8, 4, 210, 22, 47])  # PostgreSQL's SSLRequest; without a certificate it says N


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


def test_one_client_can_lose_its_network_while_others_keep_it(postgres: Postgres, postgres_url: str) -> None:
    with Cable(postgres.port) as cable:
        through = postgres_url.replace(f":{postgres.port}/", f":{cable.port}/")
        engine = sa.create_engine(through)
        with engine.connect() as connection:
            connection.execute(sa.text("SELECT 1"))
            cable.cut()
            with pytest.raises(sa.exc.OperationalError):
                connection.execute(sa.text("SELECT 1"))
        with pytest.raises(sa.exc.OperationalError):
            ask(through, "SELECT 1")
        assert ask(postgres_url, "SELECT 1") == 1
        cable.mend()
        assert ask(through, "SELECT 1") == 1
        engine.dispose()


def test_a_clogged_cable_holds_back_and_then_lets_through(postgres: Postgres) -> None:
    with Cable(postgres.port) as cable, socket.create_connection((HOST, cable.port), timeout=0.2) as client:
        cable.clog()
        client.sendall(ASK_FOR_TLS)
        with pytest.raises(TimeoutError):
            client.recv(1)
        cable.mend()
        client.settimeout(10)
        assert client.recv(1) == b"N"
