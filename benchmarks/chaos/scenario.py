"""Feeds a site slice by slice, lets a fault strike during each, and accounts for everything."""

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
from catalog_platform.verification.stores import Bucket
from chaos.environment import NAME, Site
from chaos.faults import POISON, Fault

RUN = "storm"
PATIENCE_SECONDS = 60.0
POLL_SECONDS = 0.3
WATCHED_ARTICLES = 20
POISON_ROUNDS = 100


@dataclass(frozen=True, slots=True)
class Phase:
    """One slice of the feed: the fault that struck, events, and seconds until all were through."""

    fault: str
    events: int
    seconds: float


@dataclass(frozen=True, slots=True)
class Report:
    """How the phases went, what the cache's watcher saw, and the account."""

    phases: tuple[Phase, ...]
    looks: int
    went_back: int
    put_again: int
    s3_refused: int
    s3_answers_lost: int
    account: Reconciliation


class Watcher:
    """Looks at the busiest articles in the cache again and again: none may become older."""

    def __init__(self, site: Site) -> None:
        self.looks = self.went_back = 0
        self._keys = [f"stock:{{VERIFY-{RUN}-{number:06}}}" for number in range(WATCHED_ARTICLES)]
        self._client = site.cache_client()
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._watch)
        self._thread.start()

    def close(self) -> None:
        """Stop looking."""
        self._over.set()
        self._thread.join()
        self._client.close()

    def _watch(self) -> None:
        seen: dict[tuple[str, str], int] = {}
        while not self._over.wait(0.05):
            pipeline: Any = self._client.pipeline(transaction=False)
            for key in self._keys:
                pipeline.hgetall(key)
            try:
                answers = pipeline.execute()
            except (RedisError, RedisClusterException, OSError):
                continue
            for key, fields in zip(self._keys, answers, strict=True):
                for field, text in fields.items():
                    version = int(text.rpartition(":")[2].partition(".")[0])
                    self.looks += 1
                    self.went_back += version < seen.get((key, field), 0)
                    seen[key, field] = version


class Storm:
    """One feed, its way through a site, and the names its events have there."""

    def __init__(self, site: Site, feed: Feed, tell: Callable[[str], None]) -> None:
        self._site, self._feed, self._tell = site, feed, tell
        self._sent = Sent()
        self._again = 0
        self._archive = Bucket.archive(site.session, site.outputs)
        self._letters = Bucket.letters(site.session, site.outputs)

    def run(self, faults: Sequence[Fault]) -> Report:
        """Every fault strikes once, each during an equal part of the feed."""
        started = time.monotonic()
        watcher = Watcher(self._site)
        try:
            phases = tuple(
                self._phase(updates, fault)
                for updates, fault in zip(
                    _slices(self._feed.updates, len(faults)), faults, strict=True
                )
            )
            self._settle_debts()
        finally:
            watcher.close()
        return Report(
            phases,
            watcher.looks,
            watcher.went_back,
            self._again,
            self._site.proxy.refused,
            self._site.proxy.answers_lost,
            self._account(started),
        )

    def _phase(self, updates: Sequence[Update], fault: Fault) -> Phase:
        began = time.monotonic()
        if fault is POISON:
            poison = [
                Update("p", MALFORMED[n % 9], malformed=True) for n in range(RECORDS_PER_CALL)
            ]
            updates = [*updates, *poison]
        half = len(updates) // 2
        names = self._put(updates[:half])
        with ThreadPoolExecutor(1, "fault") as executor:
            strike = executor.submit(fault.strike, self._site)
            names |= self._put(updates[half:])
            strike.result()
        self._wait_for(names)
        events = sum(max(1, update.parts) for update in updates)
        phase = Phase(fault.name, events, time.monotonic() - began)
        self._tell(f"{phase.fault}: {events:,} events, {events / phase.seconds:,.0f}/s")
        return phase

    def _put(self, updates: Sequence[Update]) -> set[str]:
        """Put them; the names of their events.

        What nobody answered for is put again, as any producer does: if it had arrived, it comes
        twice.
        """
        names: set[str] = set()
        for start in range(0, len(updates), RECORDS_PER_CALL):
            some = replace(self._feed, updates=tuple(updates[start : start + RECORDS_PER_CALL]))
            deadline = time.monotonic() + PATIENCE_SECONDS
            while True:
                try:
                    sent = put(self._site.session, NAME, some, on_progress=lambda _count: None)
                    break
                except PlatformError:
                    if time.monotonic() > deadline:
                        raise
                    self._again += some.events
            names |= sent.valid | sent.malformed
            self._sent.valid |= sent.valid
            self._sent.malformed |= sent.malformed
        return names

    def _wait_for(self, names: set[str]) -> None:
        """Until each is in the archive or among the dead letters."""
        deadline = time.monotonic() + PATIENCE_SECONDS
        missing = set(names)
        while missing:
            before, began = len(missing), time.monotonic()
            missing -= self._archive.refresh().keys()
            missing -= self._letters.refresh().keys()
            took = time.monotonic() - began
            if len(missing) < before:
                deadline = time.monotonic() + PATIENCE_SECONDS
            if time.monotonic() > deadline:
                self._tell(f"{len(missing):,} events do not come through")
                return
            if missing:
                # Looking is work for the emulator, too.
                time.sleep(max(POLL_SECONDS, 2 * took))

    def _settle_debts(self) -> None:
        """Send something about nothing until the cache has been told everything."""
        deadline = time.monotonic() + PATIENCE_SECONDS
        with self._site.database() as database:
            while database.execute("select from stale_cache_entry").rowcount:
                if time.monotonic() > deadline:
                    self._tell("the cache is still owed something")
                    return
                closing = generate(
                    updates=1, malformed=0, seed=1, run="closing", now=datetime.now(UTC)
                )
                put(
                    self._site.session,
                    self._site.outputs.stream_name,
                    closing,
                    on_progress=lambda _count: None,
                )
                time.sleep(1.5)

    def _account(self, started: float) -> Reconciliation:
        return reconcile(
            self._site.session,
            self._site.outputs,
            self._feed,
            self._sent,
            prefix=f"VERIFY-{RUN}-",
            started=started,
            patience=10.0,
            on_progress=lambda _count: None,
            poll_seconds=1.0,
        )


def _slices(updates: Sequence[Update], count: int) -> list[Sequence[Update]]:
    edges = [len(updates) * part // count for part in range(count + 1)]
    return [updates[begin:end] for begin, end in itertools.pairwise(edges)]
