"""The loop that drives all mappings from Kinesis to Lambda; it replaces the emulator's poller.

One thread makes all decisions; a thread pool calls functions. Checkpoints are stored shortly after
they change, so that a restart continues where the last run stopped.
"""

from __future__ import annotations

import json
import logging
import queue
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from ministack.services import lambda_svc

from embedded_aws.emulator.event_source import invoker
from embedded_aws.emulator.event_source import stream as streams
from embedded_aws.emulator.event_source.model import Discard, Invoke, Rules, Wait
from embedded_aws.emulator.event_source.outcome import (
    Outcome,
    Succeeded,
    Throttled,
    interpret,
)
from embedded_aws.emulator.event_source.progress import Job, Progress
from embedded_aws.servers.layout import write_private

logger = logging.getLogger("event_source")

POLL_SECONDS = 0.05
SAVE_SECONDS = 0.25
THREADS = 256

Scope = tuple[str, str, str]


class EventSources:
    """All mappings of this emulator, by account, region and id."""

    def __init__(self, checkpoints: Path) -> None:
        self._file = checkpoints
        self._progress: dict[Scope, Progress] = {}
        self._stored: dict[str, Any] = _load(checkpoints)
        self._lock = threading.Lock()
        self._wake = threading.Event()
        self._stop = threading.Event()
        self._done: queue.SimpleQueue[tuple[Scope, Job, Outcome]] = queue.SimpleQueue()
        self._pool = ThreadPoolExecutor(THREADS, thread_name_prefix="event-source")
        self._thread = threading.Thread(target=self._run, name="event-sources", daemon=True)
        self._saved = 0.0
        self._dirty = False

    def start(self) -> None:
        """Start to drive the mappings."""
        self._thread.start()

    def stop(self, grace: float) -> None:
        """Start no more batches, wait up to `grace` seconds for running ones, store checkpoints."""
        self._stop.set()
        self._wake.set()
        self._thread.join(timeout=grace)
        self._pool.shutdown(wait=False, cancel_futures=True)
        self._apply_results()
        if self._dirty:
            self._save()

    def add_mapping(self, scope: Scope, arn: str, position: str, timestamp: float | None) -> None:
        """Fix the start position of a new mapping now."""
        stream = streams.find(arn)
        if stream is not None:
            with self._lock:
                self._progress[scope] = Progress.start_at(stream, position, timestamp)
                self._dirty = True
        self._wake.set()

    def done(self, account: str, region: str, arn: str, shard: str) -> float | None:
        """Return the sequence number up to which all mappings have processed a shard.

        None when the stream has no mapping.
        """
        found: list[float] = []
        for *scope, mapping in lambda_svc._iter_all_esms():
            if mapping.get("EventSourceArn") == arn and scope == [account, region]:
                progress = self._progress.get((account, region, mapping["UUID"]))
                try:
                    found.append(0 if progress is None else progress.done(shard))
                except RuntimeError:
                    # The loop changed the dict concurrently: assume that nothing is done.
                    found.append(0)
        return min(found, default=None)

    def _run(self) -> None:
        while not self._stop.is_set() or self._busy():
            self._wake.clear()
            until = time.time() + POLL_SECONDS
            try:
                until = min(until, self._round())
            except Exception:
                # A full disk, for example: checkpoints are stored again later.
                logger.exception("event sources")
            self._wake.wait(max(0.0, until - time.time()))

    def _round(self) -> float:
        self._apply_results()
        due = time.time() + POLL_SECONDS if self._stop.is_set() else self._advance_all()
        if self._dirty and time.monotonic() - self._saved > SAVE_SECONDS:
            self._save()
        return due

    def _busy(self) -> bool:
        with self._lock:
            return any(progress.busy for progress in self._progress.values())

    def _advance_all(self) -> float:
        """Advance all mappings once and return the time of the next round."""
        mappings = {
            (account, region, mapping["UUID"]): mapping
            for account, region, mapping in lambda_svc._iter_all_esms()
            if ":kinesis:" in mapping.get("EventSourceArn", "")
        }
        with self._lock:
            for scope in self._progress.keys() - mappings.keys():
                del self._progress[scope]
                self._dirty = True
        until = time.time() + POLL_SECONDS
        for scope, mapping in mappings.items():
            try:
                until = min(until, self._advance(scope, mapping))
            except Exception:
                logger.exception("event source mapping %s", scope[2])
        return until

    def _advance(self, scope: Scope, mapping: dict[str, Any]) -> float:
        now = time.time()
        later = now + POLL_SECONDS
        enabled = str(mapping.get("Enabled", True)).lower() != "false"
        stream = streams.find(mapping["EventSourceArn"])
        if not enabled or stream is None:
            return later
        invoker.with_scope(scope[0], scope[1])
        found = invoker.function_of(mapping)
        if found is None:
            return later
        progress = self._progress_of(scope, mapping, stream)
        for step in progress.advance(stream, mapping, found[1].get("Role", ""), now):
            if isinstance(step, Wait):
                later = min(later, step.until or later)
            else:
                self._dirty = True
                self._pool.submit(self._execute, scope, dict(mapping), step)
        return later

    def _progress_of(self, scope: Scope, mapping: dict[str, Any], stream: Any) -> Progress:
        with self._lock:
            if scope not in self._progress:
                stored = self._stored.pop(scope[2], None)
                self._progress[scope] = (
                    Progress.restore(stored)
                    if stored
                    else Progress.start_at(stream, mapping.get("StartingPosition", "LATEST"), None)
                )
            return self._progress[scope]

    def _execute(self, scope: Scope, mapping: dict[str, Any], job: Job) -> None:
        # Our own errors count as throttling, because the function was not called.
        outcome: Outcome = Throttled()
        try:
            if isinstance(job.step, Invoke):
                result = invoker.invoke(mapping, scope[0], scope[1], job.step.batch)
                outcome = interpret(Rules.of(mapping), job.step.batch, result)
            else:
                invoker.report_discarded(job.step, mapping, scope[0], scope[1], job.shard)
        except Exception:
            logger.exception("event source mapping %s", scope[2])
        self._done.put((scope, job, outcome))
        self._wake.set()

    def _apply_results(self) -> None:
        """Apply the results of the thread pool."""
        while True:
            try:
                scope, job, outcome = self._done.get_nowait()
            except queue.Empty:
                return
            self._dirty = True
            if isinstance(job.step, Discard):
                job.lane.discarded(job.step.batch)
                continue
            mapping = lambda_svc._esms.get_scoped(*scope) or {}
            mapping["LastProcessingResult"] = (
                "OK" if isinstance(outcome, Succeeded) else "PROBLEM: Function call failed"
            )
            discarded = job.lane.finish(job.step.batch, outcome, Rules.of(mapping), time.time())
            if discarded is not None:
                following = Job(job.shard, job.lane, discarded)
                self._pool.submit(self._execute, scope, dict(mapping), following)

    def _save(self) -> None:
        self._saved = time.monotonic()
        existing = {mapping["UUID"] for *_scope, mapping in lambda_svc._iter_all_esms()}
        with self._lock:
            # Mappings that are disabled, or have no stream or function now, keep their positions.
            kept = {name: found for name, found in self._stored.items() if name in existing}
            text = json.dumps(kept | {k[2]: p.positions() for k, p in self._progress.items()})
            self._dirty = False
        try:
            write_private(self._file, text)
        except OSError:
            self._dirty = True
            raise


def _load(checkpoints: Path) -> dict[str, Any]:
    try:
        return dict(json.loads(checkpoints.read_text(encoding="utf-8")))
    except (OSError, ValueError):
        return {}
