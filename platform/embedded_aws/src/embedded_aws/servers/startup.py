"""Start the three servers together; a failure ends all of them."""

from __future__ import annotations

import functools
import signal
import time
from collections.abc import Callable, Iterable
from dataclasses import replace

from embedded_aws.errors import ProgramError
from embedded_aws.servers import cache, endpoint, last_run, packages, postgres, processes, state
from embedded_aws.servers.last_run import RunSettings
from embedded_aws.servers.layout import Layout
from embedded_aws.servers.postgres import Cluster
from embedded_aws.servers.processes import Process
from embedded_aws.servers.state import SUPERVISOR, Embedded, Part

READY_SECONDS = 60.0
POLL_SECONDS = 0.02

# Clients before servers: functions end before the stores they write to.
STOP_ORDER = (SUPERVISOR, endpoint.NAME, cache.NAME, postgres.NAME)


class Startup:
    """One start, with the parts that have been started so far."""

    def __init__(
        self,
        layout: Layout,
        settings: RunSettings,
        *,
        account: str,
        region: str,
        programs: str,
    ) -> None:
        self._layout = layout
        self._programs = programs
        self._settings = settings
        self._account = account
        self._region = region
        self._parts: list[Part] = []

    def run(self, on_progress: Callable[[str], None]) -> Embedded:
        """Start all parts and wait until they are ready.

        Ends all parts and raises `ProgramError` when one fails.
        """
        before = processes.spawned()
        try:
            on_progress("starting the AWS endpoint, the cache and PostgreSQL")
            self._launch()
            for part in self._parts:
                _wait_until_ready(
                    part, _readiness(part, server(self._layout, self._settings), self._settings)
                )
            on_progress(f"ready at {endpoint.url(self._settings.endpoint_port)}")
            return self._embedded()
        except BaseException:
            # Includes a process that was started just before ^C and is not yet a part.
            processes.end_spawned(before)
            end_parts([*self._parts, *state.read_children(self._layout.children)])
            self._layout.run.kill()
            state.remove(self._layout)
            raise

    def _launch(self) -> None:
        """Start PostgreSQL last: the others start while it initialises its data."""
        settings, layout = self._settings, self._layout
        store = cache.start(layout, settings.cache_port, settings.cache_password)
        self._add(cache.NAME, store, settings.cache_port)
        aws = _start_endpoint(layout, settings, self._account, self._region, self._programs)
        self._add(endpoint.NAME, aws, settings.endpoint_port)
        database = postgres.start(packages.FOLDER, server(layout, settings))
        self._add(postgres.NAME, database, settings.postgres_port)

    def _add(self, name: str, process: Process, port: int) -> None:
        self._parts.append(Part(name, process, port, self._layout.log(name)))
        # Recorded at once, so that the next command finds it if this one is killed.
        state.write(self._layout, replace(self._embedded(), parts=tuple(self._parts)))

    def _embedded(self) -> Embedded:
        settings = self._settings
        return Embedded(
            endpoint_url=endpoint.url(settings.endpoint_port),
            region=self._region,
            account=self._account,
            postgres_url=postgres.url(settings.postgres_port, settings.postgres_password),
            cache_url=cache.url(settings.cache_port, settings.cache_password),
            parts=(*self._parts, *state.read_children(self._layout.children)),
            session_token=settings.session_token,
        )


class Restarter:
    """Restarts single parts with their previous settings."""

    def __init__(self, layout: Layout, programs: str) -> None:
        self._layout = layout
        self._programs = programs

    def restart(self, part: Part) -> Process:
        """Restart a dead part, record it, and wait until it is ready.

        Raises `EmbeddedAwsError`, also when it cannot be recorded: an unrecorded process is ended
        again.
        """
        found, settings = state.recorded(self._layout), last_run.last(self._layout)
        if found is None or settings is None:
            raise ProgramError(f"{part.name} was never started")
        # Orphaned child processes of the dead server would keep its port.
        processes.end(part.process)
        cluster = self._cluster(part, settings)
        if part.kind == cache.NAME:
            process = cache.start(self._layout, part.port, settings.cache_password)
        elif part.kind == endpoint.NAME:
            # The emulator restarts these itself.
            end_parts(state.read_children(self._layout.children))
            process = _start_endpoint(
                self._layout, settings, found.account, found.region, self._programs
            )
        else:
            process = postgres.start(packages.FOLDER, cluster)
        successor = replace(part, process=process)
        try:
            state.record_part(self._layout, successor)
        except BaseException:
            processes.end(process)
            raise
        _wait_until_ready(successor, _readiness(successor, cluster, settings))
        return process

    def _cluster(self, part: Part, settings: RunSettings) -> Cluster:
        if part.name == postgres.NAME or part.kind != postgres.NAME:
            return server(self._layout, settings)
        home = self._layout.databases / part.name.removeprefix(f"{postgres.NAME}-")
        # The password is needed only to initialise the data.
        return Cluster(home / "data", part.log, part.port, "", self._layout.run)


def _start_endpoint(
    layout: Layout, settings: RunSettings, account: str, region: str, programs: str
) -> Process:
    return endpoint.start(
        layout,
        programs=programs,
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
        return functools.partial(cache.ready, part.process, part.port, settings.cache_password)
    if part.kind == endpoint.NAME:
        return functools.partial(endpoint.ready, part.process, part.port, settings.session_token)
    return functools.partial(postgres.ready, cluster)


def server(layout: Layout, settings: RunSettings) -> Cluster:
    """Return the PostgreSQL server that the launcher starts."""
    return Cluster(
        layout.data / postgres.NAME,
        layout.log(postgres.NAME),
        settings.postgres_port,
        settings.postgres_password,
        layout.run,
    )


def end_parts(parts: Iterable[Part]) -> None:
    """End parts in `STOP_ORDER`, so that functions end before their stores."""
    for part in sorted(parts, key=lambda part: STOP_ORDER.index(part.kind)):
        first = postgres.STOP_SIGNAL if part.kind == postgres.NAME else signal.SIGTERM
        processes.end(part.process, first)


def _wait_until_ready(part: Part, ready: Callable[[], bool]) -> None:
    """Wait until a server is ready. Raises `ProgramError` when it ends or takes too long."""
    deadline = time.monotonic() + READY_SECONDS
    while not ready():
        died = not processes.alive(part.process)
        if died or time.monotonic() > deadline:
            what = "ended while starting" if died else f"was not ready within {READY_SECONDS:g} s"
            raise ProgramError(
                f"{part.name} {what}; the end of {part.log}:",
                log=processes.last_lines(part.log),
            )
        time.sleep(POLL_SECONDS)
