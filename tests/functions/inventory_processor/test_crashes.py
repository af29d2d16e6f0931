"""The function dies between any two effects, batches come again in other cuts, rivals interfere."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from redis import Redis

from catalog_runtime import logs
from catalog_runtime.database import Database
from inventory_processor import kinesis, wiring
from inventory_processor.archive import S3Archive
from inventory_processor.dead_letters import S3DeadLetters
from inventory_processor.inventory import Adjustment, Change, Fact, StockLevel
from inventory_processor.metrics import Metrics
from inventory_processor.ports import EffectError
from inventory_processor.postgres import PostgresTruth
from inventory_processor.processor import Processor
from inventory_processor.settings import CacheSettings
from support.cloud import FakeS3, FakeSecretsManager, FakeSqs
from support.events import (
    discontinue,
    kinesis_record,
    price,
    sequence,
    stock_adjustment,
    stock_level,
)
from support.laws import Model, change_lists
from support.servers import Server, connect

pytestmark = pytest.mark.e2e


class Death(BaseException):
    """The process is gone: nothing catches this."""


class Mortal:
    """Passes calls on; an effect may fail or kill the process, before or after it happened."""

    def __init__(self, inner: Any, fate: list[str]) -> None:
        self._inner, self._fate = inner, fate

    def __getattr__(self, name: str) -> Any:
        effect = getattr(self._inner, name)

        def call(*arguments: Any, **options: Any) -> Any:
            fate = self._fate.pop() if self._fate else "done"
            if fate == "dies before":
                raise Death
            if fate == "fails":
                raise EffectError(f"{name} fails")
            result = effect(*arguments, **options)
            if fate == "dies after":
                raise Death
            return result

        return call


def payload(change: Change, number: int) -> dict[str, Any]:
    at = change.occurred_at.isoformat()
    match change:
        case StockLevel():
            return stock_level(
                sku=change.sku, warehouse=change.warehouse, quantity=change.quantity,
                occurred_at=at,
            )  # fmt: skip
        case Adjustment():
            return stock_adjustment(
                sku=change.sku, warehouse=change.warehouse, change=change.change,
                event_id=change.event_id, occurred_at=at,
            )  # fmt: skip
        case Fact(name="price"):
            return price(sku=change.sku, amount=number, occurred_at=at)
        case Fact():
            return discontinue(sku=change.sku, discontinued=number % 2 == 0, occurred_at=at)


class Stage:
    """A processor with real stores, whose calls to them meet their fate."""

    def __init__(self, database: Database, valkey: Server, fates: list[str]) -> None:
        logs.configure("test", "ERROR")
        self.s3, self.valkey = FakeS3(), valkey
        with Redis(port=valkey.port) as client:
            client.flushall()
        settings_ = CacheSettings(
            host="127.0.0.1", port=valkey.port, tls=False, cluster_mode=False, secret_arn=""
        )
        secrets: Any = FakeSecretsManager()
        dead = S3DeadLetters(self.s3, "dead", FakeSqs(), "https://queue")
        self.truth = PostgresTruth(database)
        self.fates = fates
        self.processor = Processor(
            Mortal(self.truth, fates),
            Mortal(wiring.redis_cache(settings_, secrets), fates),
            Mortal(S3Archive(self.s3, "archive"), fates),
            Mortal(dead, fates),
            Metrics("test"),
            aside=ThreadPoolExecutor(1),
        )

    def deliver(self, records: Sequence[dict[str, Any]], cuts: list[int]) -> None:
        """As the event source does: again and again, in smaller batches, until all is done."""
        rest = list(records)
        while rest:
            size = cuts.pop() if cuts else len(rest)
            batch, after = rest[:size], rest[size:]
            try:
                resume = self.processor.process(kinesis.read({"Records": batch}))
            except Death:
                resume = batch[0]["kinesis"]["sequenceNumber"]
            numbers = [record["kinesis"]["sequenceNumber"] for record in batch]
            rest = (batch[numbers.index(resume) :] if resume else []) + after

    def cached(self) -> dict[tuple[str, str], str]:
        with Redis(port=self.valkey.port, decode_responses=True) as client:
            return {
                (key.partition("{")[2][:-1], name): text.rpartition(":")[0]
                for key in client.scan_iter("*{*}")
                for name, text in client.hgetall(key).items()
            }


def stored(server: Server) -> dict[tuple[str, str], str]:
    with connect(server) as connection:
        rows: Any = connection.execute(
            "SELECT sku, warehouse, quantity::text FROM stock_level"
            " UNION ALL SELECT sku, name, value::text FROM product_fact"
        ).fetchall()
    return {(sku, name): value for sku, name, value in rows}


fates = st.lists(
    st.sampled_from(["done", "done", "fails", "dies before", "dies after"]), max_size=25
)


@settings(
    max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(change_lists(max_size=10), fates, st.lists(st.integers(1, 4), max_size=20), st.data())
def test_however_often_it_dies_nothing_is_lost_and_nothing_is_doubled(
    schema: Server,
    database: Database,
    empty_cache: Server,
    changes: list[Change],
    fates: list[str],
    cuts: list[int],
    data: st.DataObject,
) -> None:
    with connect(schema) as connection:
        connection.execute("TRUNCATE stock_level, stock_adjustment, product_fact, cache_debt")
    stage = Stage(database, empty_cache, fates)
    payloads: list[object] = [payload(change, n) for n, change in enumerate(changes)]
    garbage = data.draw(st.integers(0, 2))
    payloads += [b"garbage"] * garbage
    payloads = data.draw(st.permutations(payloads))
    records = [kinesis_record(body, place) for place, body in enumerate(payloads)]

    stage.deliver(records, cuts)
    stage.fates.clear()
    # Whatever the cache still lacks comes with the next batch, of anything.
    last = kinesis_record(stock_level(sku="last"), len(records))
    stage.deliver([last], [])

    valid = [sequence(place) for place, body in enumerate(payloads) if isinstance(body, dict)]
    model = Model(
        change._replace(sequence_number=kinesis.read({"Records": [record]})[0].place)
        for change, record in (
            (changes[n], records[place])
            for n, place in _places(payloads, [payload(c, n) for n, c in enumerate(changes)])
        )
    )
    truth = stored(schema)
    assert {key: int(value) for key, value in truth.items() if key[1] in {"x", "y"}} == (
        model.quantities()
    )
    assert stage.cached() == truth
    archived = {line["sequence_number"] for line in stage.s3.lines("archive")}
    assert archived == {*valid, sequence(len(records))}
    dead = {line["sequence_number"] for line in stage.s3.lines("dead")}
    assert dead == {sequence(n) for n, body in enumerate(payloads) if body == b"garbage"}


def _places(payloads: list[object], originals: list[dict[str, Any]]) -> list[tuple[int, int]]:
    """Which change lies at which place of the stream; equal payloads are interchangeable."""
    free = list(range(len(payloads)))
    found = []
    for number, original in enumerate(originals):
        place = next(n for n in free if payloads[n] == original)
        free.remove(place)
        found.append((number, place))
    return found
