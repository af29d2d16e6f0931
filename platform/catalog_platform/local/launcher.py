"""Start and stop the embedded AWS as a whole, without touching other processes."""

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
    """Start PostgreSQL, the cache and the AWS endpoint, and wait until all three are ready.

    An embedded AWS that already runs for the same account and region is returned as it is. Data of
    an earlier start is kept unless `fresh` is set. A start that fails or is interrupted leaves no
    process running. With an `owner`, the embedded AWS and its data are removed when that process
    ends.

    Raises `PlatformError` when a requested port is in use or the disk is full, and `ToolError`,
    with the last lines of its log, when a server does not start.
    """
    layout = Layout.of(workspace)
    with _explaining_disk_errors(layout), privacy.private_umask(), lock.held(layout, on_progress):
        running = state.read(workspace)
        requested = (account, region)
        if running is not None and not fresh and requested == (running.account, running.region):
            on_progress(f"already running at {running.endpoint_url}")
            return _supervised(workspace, running, owner)
        _end_recorded(workspace)
        if fresh:
            cleanup.remove_data(layout)
        unprivileged.remove_orphans()
        layout.create()
        now, before = last_run.prepare(layout, endpoint_port)
        changed_ports = last_run.changed_ports(before, now)
        if changed_ports:
            on_progress("another program uses a port of the last start: using a free port instead")
            port_rewrite.rewrite_state(aws.state_folder(layout), changed_ports)
        started = Startup(workspace, toolchain, now, account, region).run(on_progress)
        return _supervised(workspace, started, owner)


def stop(workspace: Workspace) -> bool:
    """End all processes of the workspace's embedded AWS, keep the data, and return whether any
    ran.
    """
    layout = Layout.of(workspace)
    if not layout.home.is_dir():
        return layout.generation.kill()
    with lock.held(layout, lambda _line: None):
        return _end_recorded(workspace)


def discard(workspace: Workspace) -> None:
    """Stop the workspace's embedded AWS and remove all of its files."""
    layout = Layout.of(workspace)
    stop(workspace)
    if layout.home.is_dir():
        cleanup.remove_all(layout)
    unprivileged.remove_orphans()


def cluster(workspace: Workspace) -> Cluster:
    """Return the PostgreSQL server of the last start.

    Raises `PlatformError` when there was no start.
    """
    layout = Layout.of(workspace)
    before = last_run.last(layout)
    if before is None:
        raise PlatformError(
            f"{workspace.root}: the embedded AWS was never started in this workspace"
        )
    return server(layout, before)


def _supervised(workspace: Workspace, running: Embedded, owner: Process | None) -> Embedded:
    """Return `running` with a live supervisor; stop everything when it cannot be started."""
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
    """End all recorded processes gracefully, kill the remaining ones, and return whether any ran.

    Raises `PlatformError` when a process that uses the data does not end.
    """
    found, generation = state.recorded(workspace), Layout.of(workspace).generation
    if found is not None:
        end_parts(list(found.parts))
    is_left = generation.kill()
    generation.wait_until_over()
    if found is None and not is_left:
        return False
    shutil.rmtree(Layout.of(workspace).scratch, ignore_errors=True)
    state.remove(workspace)
    return True


@contextlib.contextmanager
def _explaining_disk_errors(layout: Layout) -> Iterator[None]:
    """Turn errors about an unwritable folder into a `PlatformError` with one sentence."""
    full = PlatformError(f"{layout.home}: the disk is full", hint="free some space and try again")
    try:
        yield
    except (ToolError, OSError) as error:
        if disk.is_disk_full_error(error):
            raise full from error
        if isinstance(error, ToolError):
            raise
        if error.errno in (errno.EACCES, errno.EROFS, errno.EPERM):
            path = Path(str(error.filename or layout.home))
            raise PlatformError(
                f"{path}: {error.strerror}", hint=f"{layout.home} must be yours to write"
            ) from error
        raise
