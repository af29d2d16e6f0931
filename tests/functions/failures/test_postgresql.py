"""The processor while PostgreSQL or the proxy in front of it fails in every way."""

from __future__ import annotations

import os
import signal
import time
from typing import Any

import psycopg
import pytest

from catalog_runtime import database as runtime_database
from catalog_runtime.database import ANSWER_SECONDS as ROLE_ANSWER_SECONDS
from catalog_runtime.database import RUN_SECONDS as LONGEST_RUN
from catalog_runtime.database import Connection, Database, DatabaseError
from catalog_runtime.reaction import Reaction
from inventory_processor.dead_letters import SEND_SECONDS
from inventory_processor.objects import PUT_SECONDS
from inventory_processor.postgres import CONFLICT_SECONDS
from inventory_processor.processor import (
    ARCHIVE_SECONDS,
    DATABASE_SECONDS,
    DEAD_LETTERS_SECONDS,
)
from support.caches import eventually
from support.cloud import FakeSecretsManager
from support.forwarder import Forwarder
from support.outages import (
    ANSWER_SECONDS,
    LOG_IN_SECONDS,
    RUN_SECONDS,
    OutageProcessor,
    secret_of,
    takes_at_most,
)
from support.servers import PASSWORD, Server, connect

pytestmark = pytest.mark.e2e

LOG_IN = runtime_database.CONNECT_SECONDS
IDLE = psycopg.pq.TransactionStatus.IDLE


def one(connection: Connection) -> Any:
    return connection.execute("SELECT 1").fetchone()


def test_the_bounds_of_the_clients_are_those_that_the_processor_plans_with() -> None:
    assert LONGEST_RUN + CONFLICT_SECONDS == DATABASE_SECONDS
    assert ROLE_ANSWER_SECONDS + 2 * LOG_IN < LONGEST_RUN
    assert PUT_SECONDS == ARCHIVE_SECONDS
    assert PUT_SECONDS + SEND_SECONDS == DEAD_LETTERS_SECONDS


def test_a_database_that_refuses_connections_fails_the_batch_until_it_is_back(
    network: Forwarder, processor: OutageProcessor
) -> None:
    processor.succeeds()
    network.refuse()
    with takes_at_most(1):
        processor.fails()
    network.restore()
    processor.succeeds()


def test_a_database_that_stops_answering_fails_the_batch_in_bounded_time(
    network: Forwarder, processor: OutageProcessor
) -> None:
    processor.succeeds()
    network.hang()
    # The open connection first, then a new one.
    with takes_at_most(RUN_SECONDS):
        processor.fails()
    with takes_at_most(LOG_IN_SECONDS):
        processor.fails()
    network.restore()
    processor.succeeds()


def test_a_stopped_backend_is_left_for_another(
    network: Forwarder, processor: OutageProcessor
) -> None:
    processor.succeeds()
    (stuck,) = processor.sessions()
    os.kill(stuck, signal.SIGSTOP)
    try:
        # TCP is acknowledged all the time: only the client's own bound ends this wait.
        with takes_at_most(ANSWER_SECONDS):
            processor.succeeds()
        assert set(processor.sessions()) > {stuck}
    finally:
        os.kill(stuck, signal.SIGCONT)


def test_a_statement_that_takes_too_long_fails_the_batch(
    network: Forwarder, processor: OutageProcessor, schema: Server
) -> None:
    processor.succeeds()
    with connect(schema) as other, other.transaction():
        other.execute("LOCK TABLE public.stock_level")
        with takes_at_most(RUN_SECONDS):
            processor.fails()
    processor.succeeds()


def test_a_slow_way_to_the_database_only_takes_longer(
    network: Forwarder, processor: OutageProcessor
) -> None:
    network.delay(0.05)
    processor.succeeds()


def test_an_answer_that_is_cut_off_fails_the_batch_or_is_asked_for_again(
    network: Forwarder, processor: OutageProcessor
) -> None:
    processor.succeeds()
    network.cut_after(20)
    # The outcome of the first statement is unknown: the second finds that it was done.
    processor.succeeds()


def test_a_refused_password_is_asked_for_again_and_fails_the_batch(
    network: Forwarder, secrets: FakeSecretsManager, processor: OutageProcessor
) -> None:
    secrets.secrets["database"] = secret_of("postgres", "wrong")
    processor.fails()
    assert secrets.fetched == ["database", "database"]
    secrets.secrets["database"] = secret_of("postgres", PASSWORD)
    processor.succeeds()


def test_a_read_only_server_fails_the_batch_and_is_left(
    processor: OutageProcessor, schema: Server
) -> None:
    processor.succeeds()
    before = processor.sessions()
    with connect(schema) as administrator:
        administrator.execute("ALTER DATABASE postgres SET default_transaction_read_only = on")
        administrator.execute("ALTER SYSTEM SET default_transaction_read_only = on")
        administrator.execute("SELECT pg_reload_conf()")
        time.sleep(0.2)
        try:
            processor.fails()
            # A new connection is how to find out who takes writes now.
            # The server ends a session a moment after the client has closed it.
            eventually(lambda: processor.sessions() == [])
        finally:
            for statement in (
                "SET default_transaction_read_only = off",
                "ALTER DATABASE postgres RESET default_transaction_read_only",
                "ALTER SYSTEM RESET default_transaction_read_only",
                "SELECT pg_reload_conf()",
            ):
                administrator.execute(statement)
    time.sleep(0.2)
    processor.succeeds()
    assert processor.sessions() != before


@pytest.mark.parametrize("code", ["53100", "53200", "57014", "58030", "25006", "57P03", "XX000"])
def test_a_server_that_runs_out_of_something_fails_the_batch(
    processor: OutageProcessor, schema: Server, code: str
) -> None:
    with connect(schema) as administrator:
        administrator.execute(
            "CREATE FUNCTION out_of() RETURNS trigger LANGUAGE plpgsql AS"
            f" $$BEGIN RAISE EXCEPTION 'out of it' USING ERRCODE = '{code}'; END$$"
        )
        administrator.execute(
            "CREATE TRIGGER out_of BEFORE INSERT ON public.stock_level"
            " FOR EACH ROW EXECUTE FUNCTION out_of()"
        )
        processor.fails()
        assert processor.quantities() == []
        administrator.execute("DROP FUNCTION out_of() CASCADE")
    processor.succeeds()


def test_a_column_of_a_wrong_type_fails_the_batch_until_the_schema_is_right(
    processor: OutageProcessor, schema: Server
) -> None:
    with connect(schema) as administrator:
        administrator.execute("ALTER TABLE public.product_fact RENAME COLUMN value TO other")
        administrator.execute("ALTER TABLE public.stock_level RENAME COLUMN quantity TO other")
        processor.fails()
        administrator.execute("ALTER TABLE public.stock_level RENAME COLUMN other TO quantity")
        administrator.execute("ALTER TABLE public.product_fact RENAME COLUMN other TO value")
    processor.succeeds()


def test_work_that_ends_in_an_open_transaction_does_not_keep_its_connection(
    database: Database,
) -> None:
    def broken(connection: Connection) -> None:
        connection.execute("BEGIN")
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        database.run(broken)

    assert database.run(lambda connection: connection.pgconn.transaction_status) == IDLE


def test_an_error_of_the_data_keeps_the_connection(
    database: Database, processor: OutageProcessor
) -> None:
    database.run(one)
    before = processor.sessions()

    with pytest.raises(DatabaseError) as raised:
        database.run(lambda connection: connection.execute("SELECT 1 / 0"))

    assert raised.value.reaction is Reaction.DEAD_LETTER
    assert processor.sessions() == before
