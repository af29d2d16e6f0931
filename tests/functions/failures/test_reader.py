"""Reads of the database while it fails; reading needs neither disk nor rights."""

from __future__ import annotations

import os
import signal

import pytest

from catalog_reader.article import Article
from catalog_reader.ports import StoreError
from catalog_reader.postgres import PostgresStockTable
from catalog_reader.wiring import DATABASE_ANSWER_SECONDS, DATABASE_SECONDS
from catalog_runtime.database import CONNECT_SECONDS, Database
from support.cloud import FakeSecretsManager
from support.forwarder import Forwarder
from support.outages import (
    ANSWER_SECONDS,
    LOG_IN_SECONDS,
    RUN_SECONDS,
    secret_of,
    takes_at_most,
)
from support.servers import PASSWORD, Server, connect

pytestmark = pytest.mark.e2e

UNKNOWN = {"SKU-1": Article()}


@pytest.fixture
def table(database: Database) -> PostgresStockTable:
    return PostgresStockTable(database)


def fails(table: PostgresStockTable) -> None:
    with pytest.raises(StoreError, match="database"):
        table.of_skus(["SKU-1"])


def answers(table: PostgresStockTable) -> None:
    assert table.of_skus(["SKU-1"]) == UNKNOWN


def test_the_reader_s_bounds_are_those_of_its_page() -> None:
    assert 2 * CONNECT_SECONDS + DATABASE_ANSWER_SECONDS == DATABASE_SECONDS


def test_a_database_that_refuses_connections_is_an_error_until_it_is_back(
    network: Forwarder, table: PostgresStockTable
) -> None:
    answers(table)
    network.refuse()
    fails(table)
    network.restore()
    answers(table)


def test_a_database_that_hangs_is_an_error_in_bounded_time(
    network: Forwarder, table: PostgresStockTable
) -> None:
    answers(table)
    network.hang()
    with takes_at_most(RUN_SECONDS):
        fails(table)
    with takes_at_most(LOG_IN_SECONDS):
        fails(table)
    network.restore()
    answers(table)


def test_a_stopped_backend_is_left_for_another(schema: Server, table: PostgresStockTable) -> None:
    answers(table)
    with connect(schema) as administrator:
        (found,) = administrator.execute(
            "SELECT pid FROM pg_stat_activity WHERE application_name = 'outages'"
        ).fetchall()
    os.kill(int(str(found[0])), signal.SIGSTOP)
    try:
        with takes_at_most(ANSWER_SECONDS):
            answers(table)
    finally:
        os.kill(int(str(found[0])), signal.SIGCONT)


def test_a_slow_database_only_takes_longer(network: Forwarder, table: PostgresStockTable) -> None:
    network.delay(0.05)
    answers(table)


def test_a_refused_password_is_an_error_until_it_is_right(
    secrets: FakeSecretsManager, table: PostgresStockTable
) -> None:
    secrets.secrets["database"] = secret_of("postgres", "wrong")
    fails(table)
    secrets.secrets["database"] = secret_of("postgres", PASSWORD)
    answers(table)


def test_a_read_only_or_full_database_is_read(schema: Server, table: PostgresStockTable) -> None:
    with connect(schema) as administrator:
        administrator.execute("ALTER DATABASE postgres SET default_transaction_read_only = on")
        try:
            answers(table)
        finally:
            administrator.execute("SET default_transaction_read_only = off")
            administrator.execute("ALTER DATABASE postgres RESET default_transaction_read_only")


def test_a_column_of_a_wrong_type_is_an_error_until_the_schema_is_right(
    schema: Server, table: PostgresStockTable
) -> None:
    with connect(schema) as administrator:
        administrator.execute("ALTER TABLE public.stock_level RENAME COLUMN quantity TO other")
        fails(table)
        administrator.execute("ALTER TABLE public.stock_level RENAME COLUMN other TO quantity")
    answers(table)
