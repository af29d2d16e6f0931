"""Workers that run their transactions step by step, in an order that a scheduler chooses.

A worker runs the product's own code in a thread, on a connection that waits before each step:
a snapshot is taken, a statement is executed, a transaction is committed, the cache is written.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from enum import Enum
from typing import Any

import psycopg

from catalog_runtime.database import Connection

# Shorter than most statements take; then it is looked up whether they wait for a lock.
PATIENCE_SECONDS = 0.004
# A step that takes longer than this is a bug of the scheduler.
LIMIT_SECONDS = 20.0
BEGIN = "BEGIN ISOLATION LEVEL REPEATABLE READ; SELECT pg_current_snapshot()"


class Step(Enum):
    """What a worker does next."""

    SNAPSHOT = "snapshot"
    READ = "read"
    """One read-only statement in a transaction of its own."""
    WRITE = "write"
    COMMIT = "commit"
    CACHE = "cache"


class AbandonedError(Exception):
    """The run was aborted; the worker ends without finishing its script."""


class SteppedConnection:
    """A connection in autocommit mode, as the product uses it, that waits before each step."""

    closed = False

    def __init__(self, inner: Connection, wait: Callable[[Step], None]) -> None:
        self.inner = inner
        self.failures: list[str] = []
        self._wait = wait

    @property
    def pgconn(self) -> Any:
        """What the product looks at after an error: the connection itself."""
        return self.inner.pgconn

    def execute(self, query: bytes | str, *arguments: Any, **options: Any) -> Any:
        """Execute a statement in a REPEATABLE READ transaction of its own."""
        text = query if isinstance(query, bytes) else query.encode()
        if text.lstrip().startswith(b"SELECT"):
            self._wait(Step.READ)
            return self.inner.execute(text, *arguments, **options)
        self._wait(Step.SNAPSHOT)
        self.inner.execute(BEGIN)
        return self._write(text, *arguments, **options)

    def execute_read_committed(self, query: str, *arguments: Any) -> Any:
        """Execute a statement in READ COMMITTED, which takes its snapshots while it runs."""
        self._wait(Step.WRITE)
        self.inner.execute("BEGIN ISOLATION LEVEL READ COMMITTED")
        return self._write(query.encode(), *arguments, waited=True)

    def _write(self, query: bytes, *arguments: Any, waited: bool = False, **options: Any) -> Any:
        try:
            if not waited:
                self._wait(Step.WRITE)
            cursor = self.inner.execute(query, *arguments, **options)
            self._wait(Step.COMMIT)
            self.inner.execute("COMMIT")
        except BaseException as error:
            if isinstance(error, psycopg.Error):
                self.failures.append(error.sqlstate or "-")
            self.inner.rollback()
            raise
        return cursor


class Worker:
    """A thread that runs `script`; `next_step` is what it waits to do, None at its end."""

    def __init__(self, changed: threading.Condition, script: Callable[[], None]) -> None:
        self.next_step: Step | None = None
        self.running = False
        self.error: BaseException | None = None
        self._changed = changed
        self._abandoned = False
        self._script = script
        self._thread = threading.Thread(target=self._run, daemon=True)

    def start(self) -> None:
        """Run until the first step."""
        self.running = True
        self._thread.start()

    def release(self, *, abandon: bool = False) -> None:
        """Do the next step, or with `abandon` end."""
        with self._changed:
            self._abandoned = abandon
            self.running = True
            self._changed.notify_all()

    def join(self) -> None:
        """Wait for the end of the thread."""
        self._thread.join(LIMIT_SECONDS)
        assert not self._thread.is_alive(), "the worker did not end"

    def wait(self, step: Step) -> None:
        """Called by the script before each step."""
        with self._changed:
            if not self._abandoned:
                self.next_step, self.running = step, False
                self._changed.notify_all()
                assert self._changed.wait_for(lambda: self.running, LIMIT_SECONDS)
            if self._abandoned:
                raise AbandonedError

    def _run(self) -> None:
        try:
            self._script()
        except AbandonedError:
            pass
        except BaseException as error:
            self.error = error
        with self._changed:
            self.next_step, self.running = None, False
            self._changed.notify_all()


class Scheduler:
    """Runs one step of each worker, and detects which of them wait for a lock."""

    def __init__(self, monitor: Connection, pids: Sequence[int]) -> None:
        self.changed = threading.Condition()
        self._monitor, self._pids = monitor, list(pids)
        self._workers: Sequence[Worker] = ()

    def start(self, workers: Sequence[Worker]) -> None:
        """Start all; each stops before its first step."""
        self._workers = workers
        for worker in workers:
            worker.start()
        self.clear()

    def enabled(self) -> dict[int, Step]:
        """The workers that can do a step, and which."""
        return {
            number: worker.next_step
            for number, worker in enumerate(self._workers)
            if not worker.running and worker.next_step is not None
        }

    def step(self, number: int) -> None:
        """One worker does its step; return when all have stopped or wait for a lock."""
        self._workers[number].release()
        self.clear()

    def abandon(self) -> None:
        """Stop all workers."""
        for worker in self._workers:
            worker.release(abandon=True)
        for worker in self._workers:
            worker.join()

    def clear(self) -> None:
        """Wait until nothing moves unless another step is done."""
        with self.changed:
            while not self.changed.wait_for(self._all_stopped, PATIENCE_SECONDS):
                running = {n for n, worker in enumerate(self._workers) if worker.running}
                if running and running == self._stuck(running):
                    return

    def _all_stopped(self) -> bool:
        return not any(worker.running for worker in self._workers)

    def _stuck(self, running: set[int]) -> set[int]:
        """Those that wait, perhaps by way of others, for a worker that has stopped.

        Workers that wait for each other are not stuck: the server ends one of them.
        """
        pids = [self._pids[number] for number in running]
        rows = self._monitor.execute(
            "SELECT pid, pg_blocking_pids(pid) FROM unnest(%s::int[]) AS pid", (pids,)
        ).fetchall()
        blockers = {
            self._pids.index(pid): {
                self._pids.index(other) for other in others if other in self._pids
            }
            for pid, others in rows
        }
        stuck: set[int] = set()
        while True:
            found = {n for n, others in blockers.items() if others & stuck or others - running}
            if found <= stuck:
                return stuck
            stuck |= found
