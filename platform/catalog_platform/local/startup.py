"""Start the three servers together; a failure ends all of them."""

from __future__ import annotations

import functools
import signal
import time
from collections.abc import Callable, Iterable
from dataclasses import replace

from catalog_platform.errors import ToolError
from catalog_platform.local import aws, cache, last_run, packages, postgres, processes, state
from catalog_platform.local.last_run import RunSettings
from catalog_platform.local.layout import Layout
from catalog_platform.local.postgres import Cluster
from catalog_platform.local.processes import Process
from catalog_platform.local.state import SUPERVISOR, Embedded, Part
from catalog_platform.workspace import Toolchain, Workspace

READY_SECONDS = 60.0
POLL_SECONDS = 0.02

# Clients before servers: functions end before the stores they write to.
STOP_ORDER = (SUPERVISOR, aws.NAME, cache.NAME, postgres.NAME)


class Startup:
    """One start, with the parts that have been started so far."""

    def __init__(
        self,
        workspace: Workspace,
        toolchain: Toolchain,
        settings: RunSettings,
        account: str,
        region: str,
    ) -> None:
        self._workspace = workspace
        self._toolchain = toolchain
        self._layout = Layout.of(workspace)
        self._settings = settings
        self._account = account
        self._region = region
        self._parts: list[Part] = []

    def run(self, on_progress: Callable[[str], None]) -> Embedded:
        """Start all parts and wait for them. Raises `ToolError` and ends all parts on failure."""
        before = processes.spawned()
        try:
            on_progress("starting the AWS endpoint, the cache and PostgreSQL")
            self._launch()
            for part in self._parts:
                _wait_until_ready(
                    part, _readiness(part, server(self._layout, self._settings), self._settings)
                )
            on_progress(f"ready at {aws.url(self._settings.endpoint_port)}")
            return self._embedded()
        except BaseException:
            # Includes a process that was started just before ^C and is not yet a part.
            processes.end_spawned(before)
            end_parts([*self._parts, *state.read_children(self._layout.children)])
            self._layout.generation.kill()
            state.remove(self._workspace)
            raise

    def _launch(self) -> None:
        """Start PostgreSQL last: the others start while it initialises its data."""
        settings, layout = self._settings, self._layout
        store = cache.start(self._toolchain, layout, settings.cache_port, settings.cache_password)
        self._add(cache.NAME, store, settings.cache_port)
        endpoint = _endpoint(self._toolchain, layout, settings, self._account, self._region)
        self._add(aws.NAME, endpoint, settings.endpoint_port)
        database = postgres.start(packages.folder(self._toolchain), server(layout, settings))
        self._add(postgres.NAME, database, settings.postgres_port)

    def _add(self, name: str, process: Process, port: int) -> None:
        self._parts.append(Part(name, process, port, self._layout.log(name)))
        # Recorded at once, so that the next command finds it if this one is killed.
        state.write(self._workspace, replace(self._embedded(), parts=tuple(self._parts)))

    def _embedded(self) -> Embedded:
        settings = self._settings
        return Embedded(
            endpoint_url=aws.url(settings.endpoint_port),
            region=self._region,
            account=self._account,
            postgres_url=postgres.url(settings.postgres_port, settings.postgres_password),
            cache_url=cache.url(settings.cache_port, settings.cache_password),
            parts=(*self._parts, *state.read_children(self._layout.children)),
            session_token=settings.session_token,
        )


class Restarter:
    """Restarts single parts with their previous settings."""

    def __init__(self, workspace: Workspace, toolchain: Toolchain) -> None:
        self._workspace = workspace
        self._layout = Layout.of(workspace)
        self._toolchain = toolchain

    def restart(self, part: Part) -> Process:
        """Restart a dead part, record it, and wait until it is ready.

        Raises `PlatformError`, also when it cannot be recorded: an unrecorded process is ended
        again.
        """
        found, settings = state.recorded(self._workspace), last_run.last(self._layout)
        if found is None or settings is None:
            raise ToolError(f"{part.name} was never started", returncode=None, tail="")
        # Orphaned child processes of the dead server would keep its port.
        processes.end(part.process)
        cluster = self._cluster(part, settings)
        if part.kind == cache.NAME:
            process = cache.start(self._toolchain, self._layout, part.port, settings.cache_password)
        elif part.kind == aws.NAME:
            # The emulator restarts these itself.
            end_parts(state.read_children(self._layout.children))
            process = _endpoint(
                self._toolchain, self._layout, settings, found.account, found.region
            )
        else:
            process = postgres.start(packages.folder(self._toolchain), cluster)
        successor = replace(part, process=process)
        try:
            state.record_part(self._workspace, successor)
        except BaseException:
            processes.end(process)
            raise
        _wait_until_ready(successor, _readiness(part, cluster, settings))
        return process

    def _cluster(self, part: Part, settings: RunSettings) -> Cluster:
        if part.name == postgres.NAME or part.kind != postgres.NAME:
            return server(self._layout, settings)
        home = self._layout.databases / part.name.removeprefix(f"{postgres.NAME}-")
        # The password is needed only to initialise the data.
        return Cluster(home / "data", part.log, part.port, "", self._layout.generation)


def _endpoint(
    toolchain: Toolchain, layout: Layout, settings: RunSettings, account: str, region: str
) -> Process:
    return aws.start(
        toolchain,
        layout,
        account=account,
        region=region,
        port=settings.endpoint_port,
        postgres_url=postgres.url(settings.postgres_port, settings.postgres_password),
        cache_port=settings.cache_port,
        cache_password=settings.cache_password,
        session_token=settings.session_token,
    )


def _readiness(part: Part, cluster: Cluster, settings: RunSettings) -> Callable[[], bool]:
    if part.kind == cache.NAME:
        return functools.partial(cache.ready, part.port, settings.cache_password)
    if part.kind == aws.NAME:
        return functools.partial(aws.ready, part.port, settings.session_token)
    return functools.partial(postgres.ready, cluster)


def server(layout: Layout, settings: RunSettings) -> Cluster:
    """Return the PostgreSQL server that the launcher starts."""
    return Cluster(
        layout.data / postgres.NAME,
        layout.log(postgres.NAME),
        settings.postgres_port,
        settings.postgres_password,
        layout.generation,
    )


def end_parts(parts: Iterable[Part]) -> None:
    """End parts in `STOP_ORDER`, so that functions end before their stores."""
    for part in sorted(parts, key=lambda part: STOP_ORDER.index(part.kind)):
        first = postgres.STOP_SIGNAL if part.kind == postgres.NAME else signal.SIGTERM
        processes.end(part.process, first)


def _wait_until_ready(part: Part, ready: Callable[[], bool]) -> None:
    """Wait until a server is ready. Raises `ToolError` when it ends or takes too long."""
    deadline = time.monotonic() + READY_SECONDS
    while not ready():
        died = not processes.alive(part.process)
        if died or time.monotonic() > deadline:
            what = "ended while starting" if died else f"was not ready within {READY_SECONDS:g} s"
            raise ToolError(
                f"{part.name} {what}; the end of {part.log}:",
                returncode=None,
                tail=processes.last_lines(part.log),
            )
        time.sleep(POLL_SECONDS)
