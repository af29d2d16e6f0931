"""A processor with real stores; each call can fail, or kill it before or after its effect."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from hypothesis import strategies as st
from redis import Redis

from catalog_runtime import logs
from catalog_runtime.cache import Cache, CacheSettings
from catalog_runtime.database import Database
from catalog_runtime.metrics import Metrics
from catalog_runtime.secrets import Secrets
from inventory_processor import kinesis
from inventory_processor.archive import S3Archive
from inventory_processor.cache import RedisCache
from inventory_processor.dead_letters import S3DeadLetters
from inventory_processor.inventory import Adjustment, Change, Fact, StockLevel
from inventory_processor.ports import EffectError
from inventory_processor.postgres import PostgresStockStore
from inventory_processor.processor import Processor
from support.cloud import FakeS3, FakeSecretsManager, FakeSqs
from support.events import discontinue, price, stock_adjustment, stock_level
from support.servers import Server, connect

FAULTS = st.lists(
    st.sampled_from(["none", "none", "fails", "killed before", "killed after"]), max_size=25
)


class ProcessKilledError(BaseException):
    """The process is gone: nothing catches this."""


class FaultInjector:
    """Passes calls on; an effect may fail or kill the process, before or after it happened."""

    def __init__(self, inner: Any, faults: list[str]) -> None:
        self._inner, self._faults = inner, faults

    def __getattr__(self, name: str) -> Any:
        effect = getattr(self._inner, name)

        def call(*arguments: Any, **options: Any) -> Any:
            fault = self._faults.pop() if self._faults else "none"
            if fault == "killed before":
                raise ProcessKilledError
            if fault == "fails":
                raise EffectError(f"{name} fails")
            result = effect(*arguments, **options)
            if fault == "killed after":
                raise ProcessKilledError
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


class FaultyProcessor:
    """A processor with real, empty stores, whose calls can fail or kill it."""

    def __init__(
        self, postgres: Server, database: Database, valkey: Server, faults: list[str]
    ) -> None:
        logs.configure("test", "ERROR")
        with connect(postgres) as connection:
            connection.execute(
                "TRUNCATE stock_level, stock_adjustment, product_fact, stale_cache_entry"
            )
        self._postgres = postgres
        self.s3, self.valkey = FakeS3(), valkey
        with Redis(port=valkey.port) as client:
            client.flushall()
        settings_ = CacheSettings(
            host="127.0.0.1", port=valkey.port, tls=False, cluster_mode=False, secret_arn=""
        )
        secrets = Secrets(FakeSecretsManager())
        cache = Cache(settings_, secrets, connect_seconds=1, reply_seconds=2)
        dead = S3DeadLetters(self.s3, "dead", FakeSqs(), "https://queue")
        self.store = PostgresStockStore(database)
        self.faults = faults
        self.processor = Processor(
            FaultInjector(self.store, faults),
            FaultInjector(RedisCache(cache), faults),
            FaultInjector(S3Archive(self.s3, "archive"), faults),
            FaultInjector(dead, faults),
            Metrics("test"),
            executor=ThreadPoolExecutor(1),
        )

    def take(self, batch: Sequence[dict[str, Any]]) -> str | None:
        """Where to resume, if anywhere. Raises `ProcessKilledError`."""
        return self.processor.process(kinesis.read({"Records": batch}))

    def cached(self) -> dict[tuple[str, str], str]:
        with Redis(port=self.valkey.port, decode_responses=True) as client:
            return {
                (key.partition("{")[2][:-1], name): text.rpartition(":")[0]
                for key in client.scan_iter("*{*}")
                for name, text in client.hgetall(key).items()
            }

    def stored(self) -> dict[tuple[str, str], str]:
        with connect(self._postgres) as connection:
            rows: Any = connection.execute(
                "SELECT sku, warehouse, quantity::text FROM stock_level"
                " UNION ALL SELECT sku, name, value::text FROM product_fact"
            ).fetchall()
        return {(sku, name): value for sku, name, value in rows}
