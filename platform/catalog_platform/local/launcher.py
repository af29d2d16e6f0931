"""Start and stop the embedded AWS: all of it or none of it, and only processes of our own."""

from __future__ import annotations

import contextlib
import errno
import fcntl
import os
import shutil
import signal
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from catalog_platform.errors import PlatformError, ToolError
from catalog_platform.local import (
    aws,
    cache,
    memory,
    packages,
    postgres,
    processes,
    relocation,
    state,
    unprivileged,
)
from catalog_platform.local.layout import Layout
from catalog_platform.local.memory import Memory
from catalog_platform.local.postgres import Cluster
from catalog_platform.local.state import Embedded, Part
from catalog_platform.workspace import Toolchain, Workspace

READY_SECONDS = 60.0
LOCK_SECONDS = 120.0
POLL_SECONDS = 0.02

# Readers before what they read: the functions end before the stores they write to.
STOP_ORDER = (aws.NAME, cache.NAME, postgres.NAME)


def start(
    workspace: Workspace,
    toolchain: Toolchain,
    *,
    account: str,
    region: str,
    on_progress: Callable[[str], None] = lambda _line: None,
    fresh: bool = False,
    endpoint_port: int | None = None,
) -> Embedded:
    """Start PostgreSQL, the cache and the AWS endpoint, and return when all three answer.

    Returns the running one when it runs already for that account and region. Data of an earlier
    start is kept unless `fresh`. Whatever goes wrong, ^C included, nothing is left running.

    Raises `PlatformError` when a port that was asked for is in use or the disk is full, and
    `ToolError`, with the last lines of its log, when a server does not come up.
    """
    layout = Layout.of(workspace)
    with _disk(layout), _lock(layout, on_progress):
        running = state.read(workspace)
        if (
            running is not None
            and not fresh
            and (account, region)
            == (
                running.account,
                running.region,
            )
        ):
            on_progress(f"already running at {running.endpoint_url}")
            return running
        _end_recorded(workspace)
        if fresh:
            _discard(layout)
        layout.create()
        now, before = memory.recall(layout, endpoint_port)
        moves = memory.moves(before, now)
        if moves:
            on_progress("a port of last time is taken by another program: moving to a free one")
            relocation.relocate(aws.states(layout), moves)
        return _bring_up(workspace, toolchain, layout, now, (account, region), on_progress)


def stop(workspace: Workspace) -> bool:
    """End every process of the workspace's embedded AWS; data stays.

    Returns whether there was anything to stop.
    """
    layout = Layout.of(workspace)
    if not layout.home.is_dir():
        return False
    with _lock(layout, lambda _line: None):
        return _end_recorded(workspace)


def discard(workspace: Workspace) -> None:
    """Stop, and remove everything that the workspace's embedded AWS has ever stored."""
    layout = Layout.of(workspace)
    if layout.home.is_dir():
        stop(workspace)
        _discard(layout)
        shutil.rmtree(layout.home, ignore_errors=True)


def _bring_up(
    workspace: Workspace,
    toolchain: Toolchain,
    layout: Layout,
    now: Memory,
    where: tuple[str, str],
    on_progress: Callable[[str], None],
) -> Embedded:
    account, region = where
    admin = postgres.url(now.postgres_port, now.postgres_password)
    endpoint = aws.url(now.endpoint_port)
    server = _cluster(layout, now)
    parts: list[Part] = []
    since = processes.spawned()

    def embedded() -> Embedded:
        return Embedded(endpoint, region, account, admin, cache.url(now.cache_port), tuple(parts))

    def add(name: str, process: processes.Process, port: int) -> None:
        parts.append(Part(name, process, port, layout.log(name)))
        # Recorded at once: what dies with this command is still found by the next one.
        state.write(workspace, embedded())

    try:
        on_progress("starting the AWS endpoint, the cache and PostgreSQL")
        process = cache.start(toolchain, layout, now.cache_port)
        add(cache.NAME, process, now.cache_port)
        process = aws.start(
            toolchain,
            layout,
            account=account,
            region=region,
            port=now.endpoint_port,
            postgres_url=admin,
            cache_port=now.cache_port,
        )
        add(aws.NAME, process, now.endpoint_port)
        process = postgres.start(packages.folder(toolchain), server)
        add(postgres.NAME, process, now.postgres_port)
        for part, ready in zip(
            parts,
            (
                lambda: cache.ready(now.cache_port),
                lambda: aws.ready(now.endpoint_port),
                lambda: postgres.ready(server),
            ),
            strict=True,
        ):
            _await(part, ready)
        on_progress(f"ready at {endpoint}")
        return embedded()
    except BaseException:
        # Also what was started an instant before ^C, and is no part yet.
        processes.end_spawned(since)
        _end_parts(parts)
        _end_parts(list(state.read_children(layout.children)))
        state.remove(workspace)
        raise


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


def _end_recorded(workspace: Workspace) -> bool:
    found = state.recorded(workspace)
    if found is None:
        return False
    _end_parts(list(found.parts))
    shutil.rmtree(Layout.of(workspace).scratch, ignore_errors=True)
    state.remove(workspace)
    return True


def _end_parts(parts: list[Part]) -> None:
    for part in sorted(parts, key=lambda part: STOP_ORDER.index(part.kind)):
        first = postgres.STOP_SIGNAL if part.kind == postgres.NAME else signal.SIGTERM
        processes.end(part.process, first)


def cluster(workspace: Workspace) -> Cluster:
    """The PostgreSQL of a workspace, as it was started last. Raises `PlatformError` if never."""
    layout = Layout.of(workspace)
    before = memory.last(layout)
    if before is None:
        raise PlatformError(f"{workspace.root}: the embedded AWS was never started here")
    return _cluster(layout, before)


def _cluster(layout: Layout, now: Memory) -> Cluster:
    return Cluster(
        layout.data / postgres.NAME,
        layout.log(postgres.NAME),
        now.postgres_port,
        now.postgres_password,
    )


def _discard(layout: Layout) -> None:
    # Data of PostgreSQL may lie elsewhere, see `unprivileged`.
    homes = [home / "data" for home in layout.data.glob("databases/*")]
    for wanted in (layout.data / postgres.NAME, *homes):
        unprivileged.remove(wanted, unprivileged.account())
    shutil.rmtree(layout.data, ignore_errors=True)


@contextlib.contextmanager
def _lock(layout: Layout, on_progress: Callable[[str], None]) -> Iterator[None]:
    """One start or stop at a time. The folder itself is locked: no file is left behind, and the
    system drops the lock when its holder dies."""
    layout.home.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(layout.home, os.O_RDONLY)
    try:
        deadline = time.monotonic() + LOCK_SECONDS
        told = False
        while not _try_lock(descriptor):
            if not told:
                on_progress("another command starts or stops the embedded AWS here; waiting")
                told = True
            if time.monotonic() > deadline:
                raise PlatformError(
                    f"{layout.home} is held by another command for over {LOCK_SECONDS:g} s",
                    hint="end the other catalogctl first",
                )
            time.sleep(0.1)
        yield
    finally:
        os.close(descriptor)


def _try_lock(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


@contextlib.contextmanager
def _disk(layout: Layout) -> Iterator[None]:
    """Say in one sentence that the folder cannot be written."""
    full = PlatformError(f"{layout.home}: the disk is full", hint="free some space and try again")
    try:
        yield
    except ToolError as error:
        if os.strerror(errno.ENOSPC) in error.tail:
            raise full from error
        raise
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise full from error
        if error.errno in (errno.EACCES, errno.EROFS, errno.EPERM):
            place = Path(str(error.filename or layout.home))
            raise PlatformError(
                f"{place}: {error.strerror}", hint=f"{layout.home} must be yours to write"
            ) from error
        raise
