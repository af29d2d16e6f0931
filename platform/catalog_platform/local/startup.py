"""One start of the three servers: all of them answer in the end, or none is left."""

from __future__ import annotations

import functools
import signal
import time
from collections.abc import Callable, Iterable
from dataclasses import replace

from catalog_platform.errors import ToolError
from catalog_platform.local import aws, cache, last_run, packages, postgres, processes, state
from catalog_platform.local.last_run import Memory
from catalog_platform.local.layout import Layout
from catalog_platform.local.postgres import Cluster
from catalog_platform.local.processes import Process
from catalog_platform.local.state import SUPERVISOR, Embedded, Part
from catalog_platform.workspace import Toolchain, Workspace

READY_SECONDS = 60.0
POLL_SECONDS = 0.02

# Readers before what they read: the functions end before the stores they write to.
STOP_ORDER = (SUPERVISOR, aws.NAME, cache.NAME, postgres.NAME)


class Startup:
    """What is up so far, and how to undo it."""

    def __init__(
        self, workspace: Workspace, toolchain: Toolchain, now: Memory, account: str, region: str
    ) -> None:
        self._workspace = workspace
        self._toolchain = toolchain
        self._layout = Layout.of(workspace)
        self._now = now
        self._account = account
        self._region = region
        self._parts: list[Part] = []

    def run(self, on_progress: Callable[[str], None]) -> Embedded:
        """Start all, wait until all answer. Raises `ToolError`, with nothing left running."""
        before = processes.spawned()
        try:
            on_progress("starting the AWS endpoint, the cache and PostgreSQL")
            self._launch()
            for part in self._parts:
                _await(part, _readiness(part, server(self._layout, self._now), self._now))
            on_progress(f"ready at {aws.url(self._now.endpoint_port)}")
            return self._embedded()
        except BaseException:
            # Also what was started an instant before ^C, and is no part yet.
            processes.end_spawned(before)
            end_parts([*self._parts, *state.read_children(self._layout.children)])
            self._layout.generation.kill()
            state.remove(self._workspace)
            raise

    def _launch(self) -> None:
        """Start the slowest last: the others come up while it makes its data."""
        now, layout = self._now, self._layout
        store = cache.start(self._toolchain, layout, now.cache_port, now.cache_password)
        self._add(cache.NAME, store, now.cache_port)
        endpoint = _endpoint(self._toolchain, layout, now, self._account, self._region)
        self._add(aws.NAME, endpoint, now.endpoint_port)
        database = postgres.start(packages.folder(self._toolchain), server(layout, now))
        self._add(postgres.NAME, database, now.postgres_port)

    def _add(self, name: str, process: Process, port: int) -> None:
        self._parts.append(Part(name, process, port, self._layout.log(name)))
        # Recorded at once: what dies with this command is still found by the next one.
        state.write(self._workspace, replace(self._embedded(), parts=tuple(self._parts)))

    def _embedded(self) -> Embedded:
        now = self._now
        return Embedded(
            endpoint_url=aws.url(now.endpoint_port),
            region=self._region,
            account=self._account,
            postgres_url=postgres.url(now.postgres_port, now.postgres_password),
            cache_url=cache.url(now.cache_port, now.cache_password),
            parts=(*self._parts, *state.read_children(self._layout.children)),
            session_token=now.session_token,
        )


class Restarter:
    """Starts a single part again, as it was started before."""

    def __init__(self, workspace: Workspace, toolchain: Toolchain) -> None:
        self._workspace = workspace
        self._layout = Layout.of(workspace)
        self._toolchain = toolchain

    def restart(self, part: Part) -> Process:
        """Start a part that has died, record it, and wait until it answers.

        Raises `PlatformError`, also when it cannot be recorded: what nobody would find again does
        not run.
        """
        found, now = state.recorded(self._workspace), last_run.last(self._layout)
        if found is None or now is None:
            raise ToolError(f"{part.name} was never started", returncode=None, tail="")
        # Helpers that a dead leader left behind would hold its port.
        processes.end(part.process)
        cluster = self._cluster(part, now)
        if part.kind == cache.NAME:
            process = cache.start(self._toolchain, self._layout, part.port, now.cache_password)
        elif part.kind == aws.NAME:
            # The emulator starts these again itself.
            end_parts(state.read_children(self._layout.children))
            process = _endpoint(self._toolchain, self._layout, now, found.account, found.region)
        else:
            process = postgres.start(packages.folder(self._toolchain), cluster)
        successor = replace(part, process=process)
        try:
            state.record_part(self._workspace, successor)
        except BaseException:
            processes.end(process)
            raise
        _await(successor, _readiness(part, cluster, now))
        return process

    def _cluster(self, part: Part, now: Memory) -> Cluster:
        if part.name == postgres.NAME or part.kind != postgres.NAME:
            return server(self._layout, now)
        home = self._layout.databases / part.name.removeprefix(f"{postgres.NAME}-")
        # Its password is needed only when the data is made.
        return Cluster(home / "data", part.log, part.port, "", self._layout.generation)


def _endpoint(
    toolchain: Toolchain, layout: Layout, now: Memory, account: str, region: str
) -> Process:
    return aws.start(
        toolchain,
        layout,
        account=account,
        region=region,
        port=now.endpoint_port,
        postgres_url=postgres.url(now.postgres_port, now.postgres_password),
        cache_port=now.cache_port,
        cache_password=now.cache_password,
        session_token=now.session_token,
    )


def _readiness(part: Part, cluster: Cluster, now: Memory) -> Callable[[], bool]:
    if part.kind == cache.NAME:
        return functools.partial(cache.ready, part.port, now.cache_password)
    if part.kind == aws.NAME:
        return functools.partial(aws.ready, part.port, now.session_token)
    return functools.partial(postgres.ready, cluster)


def server(layout: Layout, now: Memory) -> Cluster:
    """The PostgreSQL that the launcher starts."""
    return Cluster(
        layout.data / postgres.NAME,
        layout.log(postgres.NAME),
        now.postgres_port,
        now.postgres_password,
        layout.generation,
    )


def end_parts(parts: Iterable[Part]) -> None:
    """End them in the order in which nobody misses anybody."""
    for part in sorted(parts, key=lambda part: STOP_ORDER.index(part.kind)):
        first = postgres.STOP_SIGNAL if part.kind == postgres.NAME else signal.SIGTERM
        processes.end(part.process, first)


def _await(part: Part, ready: Callable[[], bool]) -> None:
    """Wait until a server answers. Raises `ToolError` when it ends or takes too long."""
    deadline = time.monotonic() + READY_SECONDS
    while not ready():
        died = not processes.alive(part.process)
        if died or time.monotonic() > deadline:
            what = "ended while starting" if died else f"gave no answer in {READY_SECONDS:g} s"
            raise ToolError(
                f"{part.name} {what}; the end of {part.log}:",
                returncode=None,
                tail=processes.last_lines(part.log),
            )
        time.sleep(POLL_SECONDS)
