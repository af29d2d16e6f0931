"""The caches of the functions, with their real time limits, on servers that can fail."""

from __future__ import annotations

import dataclasses
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import pytest

from catalog_reader import wiring as reader_wiring
from catalog_reader.article import Article, Freshness
from catalog_reader.cache import RedisStockCache
from catalog_reader.reader import Reader
from catalog_runtime.cache import Cache, CacheSettings
from catalog_runtime.secrets import Secrets
from inventory_processor import wiring as processor_wiring
from inventory_processor.cache import RedisCache
from inventory_processor.ports import CacheEntry
from support.cloud import FakeSecretsManager
from support.events import stock_level
from support.processor_harness import ProcessorHarness
from support.stock import FakeTable, level, stocked
from support.valkey_cluster import ValkeyCluster
from support.valkey_node import Node

# Of a busy machine: nothing that is measured comes near it otherwise.
SLACK_SECONDS = 1.0
PROCESSOR_SECONDS = 2 * (
    processor_wiring.CACHE_CONNECT_SECONDS + processor_wiring.CACHE_REPLY_SECONDS
)
READER_SECONDS = 2 * (reader_wiring.CACHE_CONNECT_SECONDS + reader_wiring.CACHE_REPLY_SECONDS)
# Shorter than in production, so that tests reach its end.
AVOID_SECONDS = 0.5
SKUS = tuple(f"sku-{number}" for number in range(24))


def settings(port: int, **different: Any) -> CacheSettings:
    given: dict[str, Any] = {"tls": False, "cluster_mode": False, "secret_arn": ""} | different
    return CacheSettings(host="127.0.0.1", port=port, **given)


def entry(sku: str, quantity: int, time: int = 1_790_000_000_000_000) -> CacheEntry:
    """A quantity as the processor writes it."""
    return CacheEntry(f"stock:{{{sku}}}", "BER", str(quantity), f"{time}.0")


def processor_cache(
    where: CacheSettings, secrets: FakeSecretsManager | None = None
) -> tuple[RedisCache, Cache]:
    """The processor's cache, and what is below it."""
    cache = Cache(
        where,
        Secrets(secrets or FakeSecretsManager()),
        connect_seconds=processor_wiring.CACHE_CONNECT_SECONDS,
        reply_seconds=processor_wiring.CACHE_REPLY_SECONDS,
        avoid_seconds=AVOID_SECONDS,
    )
    return RedisCache(cache), cache


def reader_cache(
    where: CacheSettings,
    secrets: FakeSecretsManager | None = None,
    avoid_seconds: float = AVOID_SECONDS,
) -> RedisStockCache:
    cache = Cache(
        where,
        Secrets(secrets or FakeSecretsManager()),
        connect_seconds=reader_wiring.CACHE_CONNECT_SECONDS,
        reply_seconds=reader_wiring.CACHE_REPLY_SECONDS,
        avoid_seconds=avoid_seconds,
    )
    return RedisStockCache(cache, unknown_seconds=30)


class Functions:
    """A processor and a reader that share a cache, their database in memory."""

    def __init__(
        self,
        capsys: pytest.CaptureFixture[str],
        where: CacheSettings,
        secrets: FakeSecretsManager | None = None,
    ) -> None:
        self._around = ProcessorHarness(capsys)
        self.cache, self._below = processor_cache(where, secrets)
        self._processor = dataclasses.replace(self._around.processor, cache=self.cache)
        self._around.processor = self._processor
        self.store = self._around.store
        # Later than what the reader fills in.
        self.store.revision = 1000
        self.stock = reader_cache(where, secrets)
        self.table = FakeTable(**{sku: stocked(level(7)) for sku in SKUS})
        self.reader = Reader(self.table, self.stock, Freshness(300, 30), page_seconds=5)
        # A separate client for checks.
        self._eyes = reader_cache(where, secrets, avoid_seconds=0)
        self._quantity = 0

    def close(self) -> None:
        self._below.close()
        self._eyes.close()
        self.stock.close()

    def process(self, skus: Sequence[str] = SKUS) -> dict[str, int]:
        """Take a batch with a new quantity of each article; the metrics."""
        self._quantity += 1
        events = [
            stock_level(
                sku=sku,
                quantity=self._quantity,
                occurred_at=f"2026-09-21T14:{self._quantity // 60:02}:{self._quantity % 60:02}Z",
            )
            for sku in skus
        ]
        assert self._around.process(*events) is None, "the batch would come again"
        counts = self._around.counts()
        assert counts["BatchFailures"] == 0
        return counts

    def read(self, skus: Sequence[str] = SKUS) -> dict[str, int]:
        """Read articles; how the answers came about. Every article has an answer."""
        self.reader.counts.clear()
        found: dict[str, Article] = self.reader.of_skus(skus)
        assert [*found] == [*skus]
        assert all(article.known for article in found.values())
        return dict(+self.reader.counts)

    def in_cache(self, skus: Sequence[str] = SKUS) -> set[str]:
        """The articles of which the cache has the quantity that was sent last."""
        contents = self._eyes.read(skus)
        return {
            sku
            for sku, cached in contents.items()
            if [each.quantity for each in cached.article.levels] == [self._quantity]
        }

    def recovers(self) -> bool:
        """Whether batches of something else bring the cache everything that it lacks."""
        self.process(["something-else"])
        self._quantity -= 1
        return not self.store.stale_skus and self.in_cache() == set(SKUS)


@contextmanager
def filled(functions: Functions) -> Iterator[Functions]:
    """Connect the functions, and put everything into the cache."""
    assert functions.process()["CacheFailures"] == 0
    functions.read()
    assert functions.in_cache() == set(SKUS)
    yield functions
    functions.close()


def articles_of(primaries: Sequence[Node], cluster: ValkeyCluster) -> set[str]:
    """The articles that these servers of a cluster have."""
    owners = cluster.primaries_of(SKUS)
    return {sku for sku in SKUS if owners[sku] in primaries}


@contextmanager
def within(seconds: float) -> Iterator[None]:
    """Fails when the block takes longer."""
    started = time.monotonic()
    yield
    assert time.monotonic() - started < seconds + SLACK_SECONDS


def eventually(condition: Callable[[], bool], seconds: float = 10.0) -> None:
    """Fails unless a condition comes to hold."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.05)
