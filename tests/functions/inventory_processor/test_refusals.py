"""What only the database refuses, and all kinds of refusal at once, with real servers."""

from __future__ import annotations

import json
from typing import Any, get_args

import pytest

from catalog_platform.verification.aggregates import aggregate
from catalog_runtime.database import Database
from inventory_processor import events, isolation
from inventory_processor.inventory import reduce_batch
from inventory_processor.refusals import Reason
from support.events import kinesis_record, price, product, sequence, stock_adjustment, stock_level
from support.faulty_processor import FaultyProcessor
from support.servers import Server, connect

pytestmark = pytest.mark.e2e


@pytest.fixture
def faulty(schema: Server, database: Database, empty_cache: Server) -> FaultyProcessor:
    return FaultyProcessor(schema, database, empty_cache, [])


def alter(server: Server, change: str) -> None:
    with connect(server) as connection:
        connection.execute(change)


def records(*payloads: object) -> list[dict[str, Any]]:
    return [kinesis_record(payload, number) for number, payload in enumerate(payloads)]


def dead_letters(faulty: FaultyProcessor) -> dict[str, tuple[str, str]]:
    return {
        line["sequence_number"]: (line["reason"], line["detail"])
        for line in faulty.s3.lines("dead")
    }


@pytest.mark.parametrize(
    ("change", "sqlstate"),
    [
        ("ALTER TABLE stock_level ADD CHECK (sku <> 'bad')", "23514"),
        ("ALTER TABLE stock_level ALTER COLUMN quantity TYPE smallint", "22003"),
        ("ALTER TABLE stock_level ALTER COLUMN warehouse TYPE varchar(3)", "22001"),
        ("CREATE UNIQUE INDEX ON stock_level (quantity) WHERE quantity > 9000", "23505"),
    ],
)
def test_what_only_the_database_refuses_is_a_dead_letter_and_the_others_are_applied(
    faulty: FaultyProcessor, schema: Server, change: str, sqlstate: str
) -> None:
    alter(schema, change)
    others = [stock_level(sku=f"s{n}", quantity=n) for n in range(30)]
    first = stock_level(sku="s9001", quantity=9001) if sqlstate == "23505" else price()
    bad = stock_level(sku="bad", quantity=9001, warehouse="LONDON")
    if sqlstate == "22003":
        bad["quantity"] = 40_000

    assert faulty.take(records(first, *others[:20], bad, *others[20:])) is None

    ((position, (reason, detail)),) = dead_letters(faulty).items()
    assert (position, reason) == (sequence(21), "refused-by-database")
    assert sqlstate in detail
    assert "bad" not in detail
    stored = faulty.stored()
    assert {sku for sku, _ in stored} >= {f"s{n}" for n in range(30)}
    assert ("bad", "LONDON") not in stored
    assert faulty.cached() == stored
    assert len(faulty.s3.lines("archive")) == 31


def test_a_database_that_refuses_every_count_does_not_stop_the_other_events(
    faulty: FaultyProcessor, schema: Server
) -> None:
    alter(schema, "ALTER TABLE stock_level ADD CHECK (false)")
    events = [stock_level(sku=f"s{n}") for n in range(10)]

    assert faulty.take(records(*events, price(), *events)) is None

    assert set(faulty.stored()) == {("SKU-1", "price")}
    assert len(dead_letters(faulty)) == 20


def test_a_time_far_east_of_greenwich_is_stored(faulty: FaultyProcessor, schema: Server) -> None:
    far = "2026-01-02T03:04:05+16:00"

    assert faulty.take(
        records(
            stock_level(occurred_at=far),
            stock_adjustment(sku="b", occurred_at=far),
            price(sku="c", occurred_at=far),
        )
    ) is None  # fmt: skip

    assert dead_letters(faulty) == {}
    with connect(schema) as connection:
        found = connection.execute(
            "SELECT to_char(occurred_at AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS')"
            " FROM stock_level WHERE sku = 'SKU-1'"
            " UNION SELECT to_char(occurred_at AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS')"
            " FROM product_fact"
            " UNION SELECT to_char(occurred_at AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS')"
            " FROM stock_adjustment"
        ).fetchall()
    assert found == [("2026-01-01 11:04:05",)]


def test_a_batch_with_one_record_of_each_malformed_kind_applies_all_others(
    faulty: FaultyProcessor, schema: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    alter(schema, "ALTER TABLE stock_level ADD CHECK (sku <> 'refused')")
    change = events._change

    def buggy(event: Any, record: Any) -> Any:
        return {"other": 0}["a bug"] if event.sku == "buggy" else change(event, record)

    monkeypatch.setattr(events, "_change", buggy)
    broken = bytearray(aggregate([b"{}"], "k"))
    broken[6] ^= 1
    payloads: dict[str, object] = {
        "not-base64": b"",
        "broken-aggregate": bytes(broken),
        "broken-gzip": b"\x1f\x8b\x08",
        "too-large": b" " * 70_000,
        "not-json": b"\xff",
        "unknown-version": stock_level(version=2),
        "unknown-type": stock_level(type="count"),
        "invalid-field": stock_level(quantity=-1),
        "implausible-time": stock_level(occurred_at="2126-01-01T00:00:00Z"),
        "refused-by-database": stock_level(sku="refused"),
        "unexpected-error": stock_level(sku="buggy"),
    }
    assert set(payloads) == set(get_args(Reason))
    good = [
        stock_level(sku="a"),
        stock_adjustment(sku="b"),
        product(sku="c"),
        aggregate([json.dumps(price(sku="d")).encode(), b"garbage"], "k"),
    ]
    batch = records(*payloads.values(), *good)
    batch[0]["kinesis"]["data"] = "no base64: \ud800"

    assert faulty.take(batch[-2:] + batch[:-2]) is None

    found = dead_letters(faulty)
    last = sequence(len(batch) - 1)
    assert found.pop(last)[0] == "not-json"
    assert {position: reason for position, (reason, _) in found.items()} == {
        sequence(number): reason for number, reason in enumerate(payloads)
    }
    assert {sku for sku, _ in faulty.stored()} == {"a", "b", "c", "d"}
    assert faulty.cached() == faulty.stored()
    assert len(faulty.s3.lines("archive")) == 4


def test_many_refused_events_are_found_in_a_batch_of_thousands(
    faulty: FaultyProcessor, schema: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    alter(schema, "ALTER TABLE stock_level ADD CHECK (quantity < 1000)")
    calls = 0

    def counted(changes: Any) -> Any:
        nonlocal calls
        calls += 1
        return reduce_batch(changes)

    monkeypatch.setattr(isolation, "reduce_batch", counted)
    bad = range(7, 2000, 400)
    batch = records(
        *(stock_level(sku=f"s{n}", quantity=1000 if n in bad else 1) for n in range(2000))
    )

    assert faulty.take(batch) is None

    assert set(dead_letters(faulty)) == {sequence(number) for number in bad}
    assert len(faulty.stored()) == 2000 - len(bad)
    assert calls <= 1 + 2 * len(bad) * 11
