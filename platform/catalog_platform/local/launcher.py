"""Start and stop the embedded AWS: all of it or none of it, and only processes of our own."""

from __future__ import annotations

import contextlib
import errno
import shutil
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

from catalog_platform.errors import PlatformError, ToolError
from catalog_platform.local import (
    aws,
    cleanup,
    disk,
    last_run,
    lock,
    port_rewrite,
    privacy,
    processes,
    state,
    supervisor,
    unprivileged,
)
from catalog_platform.local.layout import Layout
from catalog_platform.local.postgres import Cluster
from catalog_platform.local.processes import Process
from catalog_platform.local.startup import Startup, end_parts, server
from catalog_platform.local.state import SUPERVISOR, Embedded
from catalog_platform.workspace import Toolchain, Workspace


def start(
    workspace: Workspace,
    toolchain: Toolchain,
    *,
    account: str,
    region: str,
    on_progress: Callable[[str], None] = lambda _line: None,
    fresh: bool = False,
    endpoint_port: int | None = None,
    owner: Process | None = None,
) -> Embedded:
    """Start PostgreSQL, the cache and the AWS endpoint, and return when all three answer.

    Returns the running one when it runs already for that account and region. Data of an earlier
    start is kept unless `fresh`. Whatever goes wrong, ^C included, nothing is left running; with an
    `owner`, nothing is left at all when that process has ended, however it did.

    Raises `PlatformError` when a port that was asked for is in use or the disk is full, and
    `ToolError`, with the last lines of its log, when a server does not come up.
    """
    layout = Layout.of(workspace)
    with _disk(layout), privacy.private_umask(), lock.held(layout, on_progress):
        running = state.read(workspace)
        wanted = (account, region)
        if running is not None and not fresh and wanted == (running.account, running.region):
            on_progress(f"already running at {running.endpoint_url}")
            return _supervised(workspace, running, owner)
        _end_recorded(workspace)
        if fresh:
            cleanup.forget(layout)
        unprivileged.sweep()
        layout.create()
        now, before = last_run.recall(layout, endpoint_port)
        moves = last_run.moves(before, now)
        if moves:
            on_progress("a port of last time is taken by another program: moving to a free one")
            port_rewrite.relocate(aws.states(layout), moves)
        started = Startup(workspace, toolchain, now, account, region).run(on_progress)
        return _supervised(workspace, started, owner)


def stop(workspace: Workspace) -> bool:
    """End every process of the workspace's embedded AWS; data stays.

    Returns whether there was anything to stop.
    """
    layout = Layout.of(workspace)
    if not layout.home.is_dir():
        return layout.generation.kill()
    with lock.held(layout, lambda _line: None):
        return _end_recorded(workspace)


def discard(workspace: Workspace) -> None:
    """Stop, and remove everything that the workspace's embedded AWS has ever stored."""
    layout = Layout.of(workspace)
    stop(workspace)
    if layout.home.is_dir():
        cleanup.dispose(layout)
    unprivileged.sweep()


def cluster(workspace: Workspace) -> Cluster:
    """The PostgreSQL of a workspace, as it was started last. Raises `PlatformError` if never."""
    layout = Layout.of(workspace)
    before = last_run.last(layout)
    if before is None:
        raise PlatformError(f"{workspace.root}: the embedded AWS was never started here")
    return server(layout, before)


def _supervised(workspace: Workspace, running: Embedded, owner: Process | None) -> Embedded:
    """The same with a living supervisor; when none can be started, nothing is left running."""
    others = tuple(part for part in running.parts if part.name != SUPERVISOR)
    if any(part not in others and processes.alive(part.process) for part in running.parts):
        return running
    try:
        found = supervisor.start(workspace, owner)
        state.record_part(workspace, found)
    except BaseException:
        end_parts(others)
        Layout.of(workspace).generation.kill()
        state.remove(workspace)
        raise
    return replace(running, parts=(*others, found))


def _end_recorded(workspace: Workspace) -> bool:
    """End what is recorded, politely, and then what is not; returns whether there was anything.

    Raises `PlatformError` when a process that cannot be ended works with the data.
    """
    found, generation = state.recorded(workspace), Layout.of(workspace).generation
    if found is not None:
        end_parts(list(found.parts))
    is_left = generation.kill()
    generation.expect_over()
    if found is None and not is_left:
        return False
    shutil.rmtree(Layout.of(workspace).scratch, ignore_errors=True)
    state.remove(workspace)
    return True


@contextlib.contextmanager
def _disk(layout: Layout) -> Iterator[None]:
    """Say in one sentence that the folder cannot be written."""
    full = PlatformError(f"{layout.home}: the disk is full", hint="free some space and try again")
    try:
        yield
    except (ToolError, OSError) as error:
        if disk.says_full(error):
            raise full from error
        if isinstance(error, ToolError):
            raise
        if error.errno in (errno.EACCES, errno.EROFS, errno.EPERM):
            place = Path(str(error.filename or layout.home))
            raise PlatformError(
                f"{place}: {error.strerror}", hint=f"{layout.home} must be yours to write"
            ) from error
        raise
