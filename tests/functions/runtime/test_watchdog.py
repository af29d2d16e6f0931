from __future__ import annotations

import time

import psycopg
import pytest

from catalog_runtime.watchdog import answers_within
from support.servers import Server, connect

pytestmark = pytest.mark.e2e


def test_a_statement_that_takes_too_long_breaks_the_connection_off(postgres: Server) -> None:
    began = time.monotonic()
    with connect(postgres) as connection:
        with (
            pytest.raises(psycopg.errors.ConnectionTimeout, match=r"no answer within 0\.2 s"),
            answers_within(0.2, connection),
        ):
            connection.execute("SELECT pg_sleep(20)")

        assert connection.closed
    assert time.monotonic() - began < 10


def test_the_reason_is_the_time_whatever_the_block_makes_of_the_broken_connection(
    postgres: Server,
) -> None:
    def migrate(connection: psycopg.Connection[tuple[object, ...]]) -> None:
        try:
            connection.execute("SELECT pg_sleep(20)")
        except psycopg.Error as error:
            raise RuntimeError("0001.sql: failed") from error

    with (
        connect(postgres) as connection,
        pytest.raises(psycopg.errors.ConnectionTimeout),
        answers_within(0.2, connection),
    ):
        migrate(connection)


def test_what_ends_in_time_leaves_connection_and_errors_alone(postgres: Server) -> None:
    with connect(postgres) as connection:
        with answers_within(30, connection):
            connection.execute("SELECT 1")
        with (
            pytest.raises(psycopg.errors.DivisionByZero),
            answers_within(30, connection),
        ):
            connection.execute("SELECT 1 / 0")

        assert connection.execute("SELECT 2").fetchone() == (2,)


def test_a_connection_that_is_closed_meanwhile_is_left_alone(postgres: Server) -> None:
    connection = connect(postgres)
    with answers_within(0.1, connection):
        connection.close()
        time.sleep(0.3)
