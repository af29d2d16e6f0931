"""Send a feed in slices, inject a fault during each, and reconcile every event at the end."""

from __future__ import annotations

import itertools
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from redis.exceptions import RedisClusterException, RedisError

from catalog_platform.errors import PlatformError
from catalog_platform.verification.feed import MALFORMED, Feed, Update, generate
from catalog_platform.verification.producer import RECORDS_PER_CALL, Sent, put
from catalog_platform.verification.reconcile import Reconciliation, reconcile
from catalog_platform.verification.stores import EventBucket
from chaos.environment import NAME, Environment
from chaos.faults import ALL_MALFORMED, Fault

RUN = "chaos"
TIMEOUT_SECONDS = 60.0
POLL_SECONDS = 0.3
MONITORED_ARTICLES = 20


@dataclass(frozen=True, slots=True)
class Phase:
    """One slice of the feed: its fault, its events, and the seconds until all were processed."""

    fault: str
    events: int
    seconds: float


@dataclass(frozen=True, slots=True)
class Report:
    """The measured phases, what the cache monitor read, and the reconciliation."""

    phases: tuple[Phase, ...]
    cache_reads: int
    version_regressions: int
    resent: int
    s3_rejected: int
    s3_responses_lost: int
    reconciliation: Reconciliation


class CacheMonitor:
    """Read the busiest articles from the cache repeatedly and count versions that went down."""

    def __init__(self, environment: Environment) -> None:
        self.cache_reads = self.version_regressions = 0
        self._keys = [f"stock:{{VERIFY-{RUN}-{number:06}}}" for number in range(MONITORED_ARTICLES)]
        self._client = environment.cache_client()
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._poll)
        self._thread.start()

    def close(self) -> None:
        """Stop the monitor."""
        self._stopped.set()
        self._thread.join()
        self._client.close()

    def _poll(self) -> None:
        seen: dict[tuple[str, str], int] = {}
        while not self._stopped.wait(0.05):
            pipeline: Any = self._client.pipeline(transaction=False)
            for key in self._keys:
                pipeline.hgetall(key)
            try:
                responses = pipeline.execute()
            except (RedisError, RedisClusterException, OSError):
                continue
            for key, fields in zip(self._keys, responses, strict=True):
                for field, text in fields.items():
                    version = int(text.rpartition(":")[2].partition(".")[0])
                    self.cache_reads += 1
                    self.version_regressions += version < seen.get((key, field), 0)
                    seen[key, field] = version


class Scenario:
    """Run one feed through an environment and record the names of the events sent."""

    def __init__(
        self, environment: Environment, feed: Feed, on_progress: Callable[[str], None]
    ) -> None:
        self._environment, self._feed, self._on_progress = environment, feed, on_progress
        self._sent = Sent()
        self._resent = 0
        self._archive = EventBucket.archive(environment.session, environment.outputs)
        self._dead_letters = EventBucket.dead_letters(environment.session, environment.outputs)

    def run(self, faults: Sequence[Fault]) -> Report:
        """Inject each fault during an equal slice of the feed, and return the report."""
        started = time.monotonic()
        monitor = CacheMonitor(self._environment)
        try:
            phases = tuple(
                self._phase(updates, fault)
                for updates, fault in zip(
                    _slices(self._feed.updates, len(faults)), faults, strict=True
                )
            )
            self._wait_for_cache()
        finally:
            monitor.close()
        return Report(
            phases,
            monitor.cache_reads,
            monitor.version_regressions,
            self._resent,
            self._environment.proxy.rejected,
            self._environment.proxy.responses_lost,
            self._reconcile(started),
        )

    def _phase(self, updates: Sequence[Update], fault: Fault) -> Phase:
        began = time.monotonic()
        if fault is ALL_MALFORMED:
            malformed = [
                Update("p", MALFORMED[n % 9], malformed=True) for n in range(RECORDS_PER_CALL)
            ]
            updates = [*updates, *malformed]
        half = len(updates) // 2
        names = self._send(updates[:half])
        with ThreadPoolExecutor(1, "fault") as executor:
            injected = executor.submit(fault.inject, self._environment)
            names |= self._send(updates[half:])
            injected.result()
        self._wait_for(names)
        events = sum(max(1, update.parts) for update in updates)
        phase = Phase(fault.name, events, time.monotonic() - began)
        self._on_progress(f"{phase.fault}: {events:,} events, {events / phase.seconds:,.0f}/s")
        return phase

    def _send(self, updates: Sequence[Update]) -> set[str]:
        """Send the updates and return the names of their events.

        A call without a response is sent again, as producers do; if the first call did arrive, the
        stream has the events twice.
        """
        names: set[str] = set()
        for start in range(0, len(updates), RECORDS_PER_CALL):
            part = replace(self._feed, updates=tuple(updates[start : start + RECORDS_PER_CALL]))
            deadline = time.monotonic() + TIMEOUT_SECONDS
            while True:
                try:
                    sent = put(
                        self._environment.session, NAME, part, on_progress=lambda _count: None
                    )
                    break
                except PlatformError:
                    if time.monotonic() > deadline:
                        raise
                    self._resent += part.events
            names |= sent.valid | sent.malformed
            self._sent.valid |= sent.valid
            self._sent.malformed |= sent.malformed
        return names

    def _wait_for(self, names: set[str]) -> None:
        """Wait until every event is in the archive or among the dead letters."""
        deadline = time.monotonic() + TIMEOUT_SECONDS
        missing = set(names)
        while missing:
            before, began = len(missing), time.monotonic()
            missing -= self._archive.refresh().keys()
            missing -= self._dead_letters.refresh().keys()
            took = time.monotonic() - began
            if len(missing) < before:
                deadline = time.monotonic() + TIMEOUT_SECONDS
            if time.monotonic() > deadline:
                self._on_progress(
                    f"{len(missing):,} events did not arrive within {TIMEOUT_SECONDS:g} s"
                )
                return
            if missing:
                # Listing the buckets is work for the emulator too.
                time.sleep(max(POLL_SECONDS, 2 * took))

    def _wait_for_cache(self) -> None:
        """Send single updates until no article is marked as stale in the cache."""
        deadline = time.monotonic() + TIMEOUT_SECONDS
        with self._environment.database() as database:
            while database.execute("select from stale_cache_entry").rowcount:
                if time.monotonic() > deadline:
                    self._on_progress(f"the cache is still stale after {TIMEOUT_SECONDS:g} s")
                    return
                extra = generate(
                    updates=1, malformed=0, seed=1, run="closing", now=datetime.now(UTC)
                )
                put(
                    self._environment.session,
                    self._environment.outputs.stream_name,
                    extra,
                    on_progress=lambda _count: None,
                )
                time.sleep(1.5)

    def _reconcile(self, started: float) -> Reconciliation:
        return reconcile(
            self._environment.session,
            self._environment.outputs,
            self._feed,
            self._sent,
            prefix=f"VERIFY-{RUN}-",
            started=started,
            stall_seconds=10.0,
            on_progress=lambda _count: None,
            poll_seconds=1.0,
        )


def _slices(updates: Sequence[Update], count: int) -> list[Sequence[Update]]:
    edges = [len(updates) * part // count for part in range(count + 1)]
    return [updates[begin:end] for begin, end in itertools.pairwise(edges)]
