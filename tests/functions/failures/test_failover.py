"""PostgreSQL fails over to a standby in the middle of what functions do."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from catalog_reader.article import Article
from catalog_reader.postgres import PostgresStockTable
from catalog_runtime import aws
from catalog_runtime.database import Database
from catalog_runtime.login import GivenLogin
from catalog_runtime.secrets import Credentials
from inventory_processor import kinesis
from inventory_processor.postgres import PostgresStockStore
from schema_migrator.migrate import migrate
from schema_migrator.rotation import handle as rotate
from support.cloud import FakeVersions
from support.events import kinesis_event, sequence, stock_adjustment, stock_level
from support.invocations import configure, database_variables
from support.outages import ANSWER_SECONDS, RUN_SECONDS, secret_of
from support.processor_harness import ProcessorHarness
from support.servers import database_settings
from support.standby import PASSWORD, ReplicatedPostgres, replicated_postgres

pytestmark = pytest.mark.e2e

BATCHES = 60
STOCK = 1000
# Attempts while no server accepts writes, 0.05 s and more apart.
PATIENCE = 200


@pytest.fixture
def servers() -> Iterator[ReplicatedPostgres]:
    """A primary and a standby with the schema."""
    with replicated_postgres() as running:
        with running.connect() as connection:
            migrate(connection)
            connection.execute(
                "ALTER ROLE postgres SET default_transaction_isolation = 'repeatable read'"
            )
        yield running


def new_database(servers: ReplicatedPostgres) -> Database:
    return Database(
        database_settings(servers.port),
        GivenLogin(Credentials("postgres", PASSWORD)),
        application="outages",
        prepares=True,
        answer_seconds=ANSWER_SECONDS,
        run_seconds=RUN_SECONDS,
    )


@pytest.fixture
def around(
    servers: ReplicatedPostgres, capsys: pytest.CaptureFixture[str]
) -> Iterator[ProcessorHarness]:
    """A processor on them."""
    database = new_database(servers)
    found = ProcessorHarness(capsys)
    found.processor = replace(found.processor, store=PostgresStockStore(database))
    yield found
    database.close()


def batch(number: int) -> kinesis.Batch:
    """A sale of one piece from each of two warehouses."""
    occurred_at = f"2026-09-21T14:{number // 60 + 1:02}:{number % 60:02}Z"
    sold = {"change": -1, "occurred_at": occurred_at}
    payloads: list[dict[str, Any]] = [
        stock_adjustment(event_id=f"{warehouse}-{number}", warehouse=warehouse, **sold)
        for warehouse in ("BER", "LYS")
    ]
    return kinesis.read(kinesis_event(payloads, 2 + 2 * number))


def feed(around: ProcessorHarness, fail_over_at: int, fail_over: Any) -> int:
    """Put every batch until it is done, as the event source does; how many tries failed."""
    counts = [stock_level(quantity=STOCK, warehouse=warehouse) for warehouse in ("BER", "LYS")]
    assert around.process(*counts) is None
    failed = 0
    for number in range(BATCHES):
        if number == fail_over_at:
            fail_over()
        while around.processor.process(batch(number)) is not None:
            failed += 1
            assert failed < PATIENCE
            time.sleep(0.05)
    return failed


def quantities(servers: ReplicatedPostgres) -> list[tuple[object, ...]]:
    with servers.connect() as connection:
        assert connection.execute("SELECT pg_is_in_recovery()").fetchall() == [(False,)]
        return connection.execute(
            "SELECT warehouse, quantity FROM public.stock_level ORDER BY 1"
        ).fetchall()


RIGHT = [("BER", STOCK - BATCHES), ("LYS", STOCK - BATCHES)]


def test_a_primary_that_dies_in_the_middle_of_a_batch_costs_and_doubles_nothing(
    servers: ReplicatedPostgres, around: ProcessorHarness
) -> None:
    def die_in_the_middle() -> None:
        blocker.execute("BEGIN")
        blocker.execute("LOCK TABLE public.stock_adjustment")
        threads.append(threading.Timer(0.3, servers.fail_over))
        threads[0].start()

    threads: list[threading.Timer] = []
    blocker = servers.connect(servers.primary)
    assert feed(around, BATCHES // 2, die_in_the_middle) > 0
    threads[0].join()
    blocker.close()

    assert quantities(servers) == RIGHT
    archived = {line["sequence_number"] for line in around.s3.lines("archive")}
    assert archived == {sequence(number) for number in range(2 + 2 * BATCHES)}


def test_processor_and_reader_go_on_at_a_promoted_standby(
    servers: ReplicatedPostgres, around: ProcessorHarness
) -> None:
    timer = threading.Timer(0.0, servers.fail_over)
    own = new_database(servers)
    table = PostgresStockTable(own)
    assert table.of_skus(["SKU-1"]) == {"SKU-1": Article()}

    feed(around, BATCHES // 3, timer.start)
    timer.join()

    assert quantities(servers) == RIGHT
    levels = table.of_skus(["SKU-1"])["SKU-1"].levels
    assert [(level.warehouse, level.quantity) for level in levels] == RIGHT
    own.close()


def test_a_demoted_server_that_lives_on_is_left_for_the_new_primary(
    servers: ReplicatedPostgres, around: ProcessorHarness
) -> None:
    def demote() -> None:
        servers.fail_over(keep=True)
        time.sleep(0.2)

    # The open connection still leads to the old primary, which refuses to write.
    assert feed(around, BATCHES // 2, demote) == 0
    assert quantities(servers) == RIGHT


def test_a_rotation_goes_on_at_a_promoted_standby(
    servers: ReplicatedPostgres, monkeypatch: pytest.MonkeyPatch
) -> None:
    secret = FakeVersions(secret_of("rotated", "p1"))
    monkeypatch.setattr(aws, "client", lambda *_, **__: secret)
    user = {"DATABASE_SECRET_ARN": "arn", "DATABASE_USERNAME": "rotated"}
    configure(monkeypatch, database_variables(servers.port, **user))
    servers.execute(servers.primary, "CREATE ROLE rotated LOGIN PASSWORD 'p1'")
    event = {"SecretId": "arn", "ClientRequestToken": "second"}
    for step in ("createSecret", "setSecret"):
        rotate(event | {"Step": step}, None)

    servers.fail_over()
    for step in ("setSecret", "testSecret", "finishSecret"):
        rotate(event | {"Step": step}, None)

    assert secret.stages == {"first": ["AWSPREVIOUS"], "second": ["AWSPENDING", "AWSCURRENT"]}
    assert secret.passwords == 1
