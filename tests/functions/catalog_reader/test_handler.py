"""The reader as it is deployed: real PostgreSQL, real Valkey, and many readers at once."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from typing import Any

import pytest
from redis import Redis

from catalog_reader import wiring
from catalog_reader.article import Article
from catalog_reader.handler import handle
from catalog_reader.ports import StoreError
from catalog_reader.query import QueryError
from catalog_reader.reader import Reader
from catalog_reader.replicas import PostgresReplicas
from catalog_reader.settings import Settings
from catalog_runtime import aws
from catalog_runtime.environment import SettingsError
from support.cloud import FakeSecretsManager
from support.invocations import Context, cache_variables, configure, database_variables
from support.servers import PASSWORD, Server, connect

pytestmark = pytest.mark.e2e

FRESHNESS = {
    **{"STOCK_FRESH_SECONDS": "300", "UNKNOWN_FRESH_SECONDS": "30"},
    **{"PAGE_FRESH_SECONDS": "5", "REPLICA_HOSTS": ""},
}
READERS = 8


class Deployed:
    """The function between real servers."""

    def __init__(self, postgres: Server, valkey: Server) -> None:
        self.postgres, self.valkey = postgres, valkey

    def put(self, sku: str, warehouse: str, quantity: int) -> None:
        with connect(self.postgres) as connection:
            connection.execute(
                "INSERT INTO stock_level (sku, warehouse, quantity, occurred_at,"
                " sequence_number, updated_at, revision)"
                " VALUES (%s, %s, %s, now(), 5, now(), 1789999200000000)",
                (sku, warehouse, quantity),
            )

    def announce(self, sku: str, **facts: Any) -> None:
        with connect(self.postgres) as connection:
            for name, value in facts.items():
                connection.execute(
                    "INSERT INTO product_fact VALUES (%s, %s, %s, now(), 5, 7, now())",
                    (sku, name, json.dumps(value)),
                )

    def ask(self, **question: Any) -> dict[str, Any]:
        return handle(question, Context())

    def get(self, path: str, query: str = "") -> tuple[int, dict[str, Any]]:
        event = {
            "rawPath": path,
            "rawQueryString": query,
            "requestContext": {"http": {"method": "GET"}},
        }
        response = handle(event, Context())
        return response["statusCode"], json.loads(response["body"])

    def quantity(self, sku: str) -> int:
        return int(self.get(f"/stock/{sku}")[1]["quantity"])

    def cached(self, sku: str) -> dict[str, str]:
        with Redis(port=self.valkey.port, decode_responses=True) as client:
            return client.hgetall(f"stock:{{{sku}}}")


@pytest.fixture
def deployed(
    schema: Server, empty_cache: Server, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Deployed]:
    configure(monkeypatch, database_variables(schema.port) | cache_variables(empty_cache.port))
    configure(monkeypatch, FRESHNESS)
    secrets = FakeSecretsManager(
        database=json.dumps({"username": "postgres", "password": PASSWORD})
    )
    monkeypatch.setattr(aws, "client", lambda _service, **_limits: secrets)
    wiring.parts.cache_clear()
    yield Deployed(schema, empty_cache)
    parts = wiring.parts()
    parts.table.close()
    parts.cache.close()
    if isinstance(parts.reader.replicas, PostgresReplicas):
        parts.reader.replicas.close()
    wiring.parts.cache_clear()


def test_an_article_is_answered_by_the_database_and_then_by_the_cache(deployed: Deployed) -> None:
    deployed.put("SKU-1", "BER", 5)
    deployed.put("SKU-1", "LYS", 7)
    deployed.announce("SKU-1", price={"amount": 250, "currency": "EUR"})
    deployed.announce("SKU-1", description={"name": "Bolt", "attributes": {"thread": "M8"}})
    expected = {
        "sku": "SKU-1",
        "name": "Bolt",
        "attributes": {"thread": "M8"},
        "price": {"amount": 250, "currency": "EUR"},
        "discontinued": False,
        "quantity": 12,
        "levels": [
            {"warehouse": "BER", "quantity": 5, "changed_at": "2026-09-21T14:00:00Z"},
            {"warehouse": "LYS", "quantity": 7, "changed_at": "2026-09-21T14:00:00Z"},
        ],
    }

    assert deployed.get("/stock/SKU-1") == (200, expected)
    deployed.postgres.stop()
    try:
        assert deployed.get("/stock/SKU-1") == (200, expected)
    finally:
        deployed.postgres.start()


def test_lists_and_warehouses_are_answered_by_invocation_and_by_url(deployed: Deployed) -> None:
    for number in range(3):
        deployed.put(f"SKU-{number}", "BER", number)

    status, found = deployed.get("/stock", "sku=SKU-2&sku=ghost&sku=SKU-0&sku=SKU-2")
    assert status == 200
    assert [article["sku"] for article in found["articles"]] == ["SKU-2", "SKU-0"]
    assert found["unknown"] == ["ghost"]
    assert found == deployed.ask(skus=["SKU-2", "ghost", "SKU-0"])

    status, page = deployed.get("/warehouses/BER", "limit=2")
    assert (status, page["after"]) == (200, "SKU-1")
    assert page == deployed.ask(warehouse="BER", limit=2)
    assert deployed.get("/warehouses/BER", "limit=2&after=SKU-1")[1]["after"] is None


def test_an_update_that_reaches_the_cache_is_seen_at_once(deployed: Deployed) -> None:
    deployed.put("SKU-1", "BER", 5)
    assert deployed.quantity("SKU-1") == 5

    with Redis(port=deployed.valkey.port) as client:
        client.hset("stock:{SKU-1}", "BER", "4:1790000000000000.6")

    assert deployed.quantity("SKU-1") == 4


def test_an_article_that_was_evicted_and_written_to_is_completed(deployed: Deployed) -> None:
    deployed.put("SKU-1", "BER", 5)
    deployed.put("SKU-1", "LYS", 7)
    with Redis(port=deployed.valkey.port) as client:
        client.hset("stock:{SKU-1}", "LYS", "9:1990000000000000.6")

    assert deployed.quantity("SKU-1") == 12
    # What is newer in the cache has not been overwritten.
    assert deployed.quantity("SKU-1") == 14
    assert set(deployed.cached("SKU-1")) == {"BER", "LYS", "*"}


def test_an_unknown_article_is_remembered_until_it_becomes_known(deployed: Deployed) -> None:
    assert deployed.get("/stock/ghost") == (404, {"message": "nothing is known of ghost"})
    with Redis(port=deployed.valkey.port) as client:
        assert 0 < client.pttl("stock:{ghost}") <= 30_000
        # As the processor does when the first level arrives.
        client.hset("stock:{ghost}", "BER", "1:1790000000000000.6")

    assert deployed.quantity("ghost") == 1


def test_without_a_cache_the_database_answers(deployed: Deployed) -> None:
    deployed.put("SKU-1", "BER", 5)
    deployed.valkey.stop()
    try:
        began = time.monotonic()
        for _ in range(20):
            assert deployed.quantity("SKU-1") == 5
        assert time.monotonic() - began < 3
    finally:
        deployed.valkey.start()


def test_without_any_store_the_url_answers_503_and_an_invocation_raises(deployed: Deployed) -> None:
    deployed.postgres.stop()
    try:
        assert deployed.get("/stock/SKU-1")[0] == 503
        with pytest.raises(StoreError, match="database"):
            deployed.ask(skus=["SKU-1"])
    finally:
        deployed.postgres.start()


def test_many_readers_of_one_article_send_one_to_the_database(deployed: Deployed) -> None:
    deployed.put("SKU-1", "BER", 5)
    parts = wiring.parts()
    asked: list[str] = []
    begin = threading.Barrier(READERS)
    found: list[dict[str, Article]] = []

    class Counting:
        def of_skus(self, skus: list[str]) -> dict[str, Article]:
            asked.extend(skus)
            time.sleep(0.05)
            return parts.table.of_skus(skus)

    def run() -> None:
        reader = Reader(Counting(), parts.cache, parts.reader.freshness, 5)  # type: ignore[arg-type]
        begin.wait()
        found.append(reader.of_skus(["SKU-1"]))

    threads = [threading.Thread(target=run) for _ in range(READERS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert asked == ["SKU-1"]
    assert len(found) == READERS
    assert {articles["SKU-1"].levels[0].quantity for articles in found} == {5}


def test_warming_brings_every_article_and_keeps_what_is_newer(deployed: Deployed) -> None:
    for number in range(30):
        deployed.put(f"SKU-{number:02}", "BER", number)
    with Redis(port=deployed.valkey.port) as client:
        client.hset("stock:{SKU-03}", "BER", "99:1990000000000000.6")
    deployed.announce("ONLY-NAMED", discontinued=True)

    done = deployed.ask(warm="")

    assert done == {"articles": 31, "written": 30, "cursor": None, "failure": None}
    deployed.postgres.stop()
    try:
        assert [deployed.quantity(f"SKU-{number:02}") for number in (0, 3, 29)] == [0, 99, 29]
    finally:
        deployed.postgres.start()


def test_a_flush_removes_what_a_restored_database_does_not_have(deployed: Deployed) -> None:
    deployed.put("SKU-03", "BER", 3)
    with Redis(port=deployed.valkey.port) as client:
        # As written before the restore: a newer quantity, and an article that came later.
        client.hset("stock:{SKU-03}", "BER", "99:1990000000000000.6")
        client.hset("stock:{LATER}", mapping={"BER": "1:1990000000000000.7", "*": "1"})
    deployed.ask(warm="")

    assert deployed.ask(flush=True) == {"flushed": True}
    assert deployed.ask(warm="")["written"] == 1

    assert deployed.quantity("SKU-03") == 3
    with Redis(port=deployed.valkey.port) as client:
        assert client.exists("stock:{LATER}") == 0


def test_metrics_count_the_sources_of_answers(
    deployed: Deployed, capsys: pytest.CaptureFixture[str]
) -> None:
    deployed.put("SKU-1", "BER", 5)
    capsys.readouterr()
    deployed.ask(skus=["SKU-1", "ghost"])
    deployed.ask(skus=["SKU-1", "ghost"])

    first, second = (json.loads(line) for line in capsys.readouterr().out.splitlines())
    assert (first["ReaderRequests"], first["ReaderMisses"]) == (1, 2)
    assert (second["ReaderHits"], second["ReaderUnknownHits"]) == (1, 1)
    assert "ReaderMisses" not in second


@pytest.mark.parametrize("host", ["127.0.0.1", "127.0.0.9"], ids=["no replica", "unreachable"])
def test_a_page_comes_from_the_primary_when_no_replica_serves_it(
    deployed: Deployed,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    host: str,
) -> None:
    deployed.put("SKU-1", "BER", 5)
    monkeypatch.setenv("REPLICA_HOSTS", host)

    assert deployed.ask(warehouse="BER")["levels"][0]["quantity"] == 5
    lines = [line for line in capsys.readouterr().out.splitlines() if "ReaderRequests" in line]
    emitted = json.loads(lines[-1])
    assert (emitted["ReaderReplicaFailures"], emitted["ReaderMisses"]) == (1, 1)


def test_the_url_changes_nothing(deployed: Deployed) -> None:
    assert deployed.get("/warm")[0] == 404
    with pytest.raises(QueryError, match="expected exactly one of"):
        deployed.ask()


def test_every_missing_variable_is_named_in_one_message() -> None:
    with pytest.raises(SettingsError) as raised:
        Settings.parse({"PAGE_FRESH_SECONDS": "soon"})

    names = {*database_variables(1), *cache_variables(1), *FRESHNESS} - {"PAGE_FRESH_SECONDS"}
    assert all(f"{name} is missing" in str(raised.value) for name in names)
    assert "PAGE_FRESH_SECONDS is 'soon', expected a number of seconds" in str(raised.value)
