from __future__ import annotations

import json
import random
from collections.abc import Iterator
from typing import Any

import pytest
from redis import Redis

from catalog_runtime import aws
from catalog_runtime.environment import SettingsError
from inventory_processor import wiring
from inventory_processor.handler import handle
from inventory_processor.postgres import PostgresStockStore
from support.cloud import FakeS3, FakeSecretsManager, FakeSqs
from support.events import kinesis_event, kinesis_record, sequence, stock_level
from support.invocations import Context, cache_variables, configure, database_variables
from support.servers import PASSWORD, Server, connect

pytestmark = pytest.mark.e2e


class Deployed:
    """The function as it is deployed, with real servers and AWS in memory."""

    def __init__(self, postgres: Server, valkey: Server) -> None:
        self.postgres, self.valkey = postgres, valkey
        self.s3, self.sqs = FakeS3(), FakeSqs()
        self.secrets = FakeSecretsManager(
            database=json.dumps({"username": "postgres", "password": PASSWORD})
        )

    def client(self, service: str, **_limits: float) -> object:
        return {"s3": self.s3, "sqs": self.sqs, "secretsmanager": self.secrets}[service]

    def close(self) -> None:
        stock_store = wiring.processor().store
        assert isinstance(stock_store, PostgresStockStore)
        stock_store.close()

    def invoke(self, *payloads: object, start: int = 0) -> list[str]:
        answer = handle(kinesis_event(payloads, start), Context())
        return [failure["itemIdentifier"] for failure in answer["batchItemFailures"]]

    def database(self) -> dict[str, int]:
        with connect(self.postgres) as connection:
            rows = connection.execute("SELECT sku, quantity FROM stock_level").fetchall()
        return {str(sku): int(str(quantity)) for sku, quantity in rows}

    def cached(self) -> dict[str, int]:
        with Redis(port=self.valkey.port, decode_responses=True) as client:
            return {
                key[len("stock:{") : -1]: int(client.hget(key, "BER").partition(":")[0])
                for key in client.scan_iter("stock:*")
            }


@pytest.fixture
def deployed(
    schema: Server, empty_cache: Server, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Deployed]:
    deployed = Deployed(schema, empty_cache)
    stores = {
        "ARCHIVE_BUCKET": "archive",
        "DEAD_LETTER_BUCKET": "dead",
        "DEAD_LETTER_QUEUE_URL": "https://queue",
    }
    configure(monkeypatch, database_variables(schema.port) | cache_variables(empty_cache.port))
    configure(monkeypatch, stores)
    monkeypatch.setattr(aws, "client", deployed.client)
    wiring.processor.cache_clear()
    yield deployed
    deployed.close()
    wiring.processor.cache_clear()


def level(number: int, quantity: int, second: int) -> dict[str, Any]:
    return stock_level(
        sku=f"sku-{number}",
        quantity=quantity,
        event_id=f"e-{number}-{second}",
        occurred_at=f"2026-09-21T14:00:{second:02}Z",
    )


def test_a_realistic_batch_arrives_everywhere(deployed: Deployed) -> None:
    events: list[object] = [level(n, n + s, s) for n in range(20) for s in range(5)]
    events += events[::7]
    events += [b"not json", level(1, 1, 1) | {"version": 9}]
    random.Random(7).shuffle(events)

    assert deployed.invoke(*events) == []

    expected = {f"sku-{n}": n + 4 for n in range(20)}
    assert deployed.database() == expected
    assert deployed.cached() == expected
    assert len(deployed.s3.lines("archive")) == len(events) - 2
    assert len(deployed.s3.lines("dead")) == 2


def test_the_connection_and_the_secret_serve_many_invocations(deployed: Deployed) -> None:
    for second in range(3):
        deployed.invoke(level(1, second, second), start=second)

    assert deployed.secrets.fetched == ["database"]


def test_a_database_outage_is_survived_and_nothing_is_lost(deployed: Deployed) -> None:
    deployed.invoke(level(1, 1, 1))
    deployed.postgres.stop()
    try:
        assert deployed.invoke(level(1, 2, 2), b"malformed", start=1) == [sequence(1)]
        assert len(deployed.s3.objects) == 1
    finally:
        deployed.postgres.start()

    assert deployed.invoke(level(1, 2, 2), b"malformed", start=1) == []
    assert deployed.database() == {"sku-1": 2} == deployed.cached()


def test_a_cache_outage_is_survived_and_made_up_for_by_the_next_batch(deployed: Deployed) -> None:
    deployed.invoke(level(1, 1, 1))
    deployed.valkey.stop()
    try:
        assert deployed.invoke(level(1, 2, 2), start=1) == []
        assert deployed.database() == {"sku-1": 2}
    finally:
        deployed.valkey.start()

    assert deployed.invoke(level(2, 7, 7), start=2) == []
    assert deployed.cached() == {"sku-1": 2, "sku-2": 7}


def test_a_cache_that_lost_its_memory_is_filled_again(deployed: Deployed) -> None:
    deployed.invoke(*(level(number, number, 1) for number in range(1200)))
    with Redis(port=deployed.valkey.port) as client:
        client.flushall()

    deployed.invoke(level(5, 6, 2), start=2000)

    assert deployed.cached() == deployed.database()


def test_a_secret_that_is_broken_makes_the_batch_come_again_and_stays_secret(
    deployed: Deployed, capsys: pytest.CaptureFixture[str]
) -> None:
    deployed.secrets.secrets["database"] = '"just hunter2"'

    assert deployed.invoke(level(1, 1, 1)) == [sequence(0)]

    printed = capsys.readouterr().out
    assert "expected a JSON object with username and password" in printed
    assert "hunter2" not in printed


def test_missing_settings_fail_the_invocation_with_all_names(
    deployed: Deployed, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        patch.delenv("ARCHIVE_BUCKET")
        patch.setenv("CACHE_PORT", "many")
        with pytest.raises(SettingsError, match=r"CACHE_PORT is 'many'.*ARCHIVE_BUCKET is missing"):
            handle({"Records": [kinesis_record(level(1, 1, 1))]}, Context())
