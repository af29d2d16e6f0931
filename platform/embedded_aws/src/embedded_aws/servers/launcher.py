"""Start and stop an embedded AWS as a whole, without touching other processes."""

from __future__ import annotations

import contextlib
import errno
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

from embedded_aws.errors import EmbeddedAwsError, ProgramError
from embedded_aws.servers import (
    cleanup,
    disk,
    endpoint,
    last_run,
    lock,
    port_rewrite,
    processes,
    state,
    supervisor,
    unprivileged,
)
from embedded_aws.servers.layout import Layout
from embedded_aws.servers.postgres import Cluster
from embedded_aws.servers.processes import Process
from embedded_aws.servers.startup import Startup, end_parts, server
from embedded_aws.servers.state import SUPERVISOR, Embedded


def start(
    layout: Layout,
    *,
    account: str,
    region: str,
    programs: str,
    on_progress: Callable[[str], None],
    fresh: bool = False,
    endpoint_port: int | None = None,
    owner: Process | None = None,
) -> None:
    """Start PostgreSQL, the cache and the AWS endpoint, and wait until all three are ready.

    An embedded AWS that already runs for the same account and region stays as it is. Data of an
    earlier start is kept unless `fresh` is set. `programs` is the PATH of functions. A start that
    fails or is interrupted leaves no process running. With an `owner`, the embedded AWS and its
    data are removed when that process ends.

    Raises `EmbeddedAwsError` when a requested port is in use or the disk is full, and
    `ProgramError`, with the last lines of its log, when a server does not start.
    """
    with _explaining_disk_errors(layout), lock.held(layout, on_progress):
        running = state.read(layout)
        requested = (account, region)
        if running is not None and not fresh and requested == (running.account, running.region):
            on_progress(f"already running at {running.endpoint_url}")
            _ensure_supervisor(layout, running, programs, owner)
            return
        _end_recorded(layout)
        if fresh:
            cleanup.remove_data(layout)
        unprivileged.remove_orphans()
        layout.create()
        now, before = last_run.prepare(layout, endpoint_port)
        changed_ports = last_run.changed_ports(before, now)
        if changed_ports:
            on_progress("another program uses a port of the last start: using a free port instead")
            port_rewrite.rewrite_state(endpoint.state_folder(layout), changed_ports)
        startup = Startup(layout, now, account=account, region=region, programs=programs)
        _ensure_supervisor(layout, startup.run(on_progress), programs, owner)


def stop(layout: Layout) -> bool:
    """End all processes of the embedded AWS, keep the data, and return whether any ran."""
    if not layout.home.is_dir():
        return layout.run.kill()
    with lock.held(layout, lambda _line: None):
        return _end_recorded(layout)


def discard(layout: Layout) -> None:
    """Stop the embedded AWS and remove all of its files."""
    stop(layout)
    if layout.home.is_dir():
        cleanup.remove_all(layout)
    unprivileged.remove_orphans()


def cluster(layout: Layout) -> Cluster:
    """Return the PostgreSQL server of the last start.

    Raises `EmbeddedAwsError` when there was no start.
    """
    before = last_run.last(layout)
    if before is None:
        raise EmbeddedAwsError(f"{layout.home}: the embedded AWS was never started in this folder")
    return server(layout, before)


def _ensure_supervisor(
    layout: Layout, running: Embedded, programs: str, owner: Process | None
) -> None:
    """Start a supervisor unless one is alive; stop everything when it cannot be started."""
    others = tuple(part for part in running.parts if part.name != SUPERVISOR)
    if any(part not in others and processes.alive(part.process) for part in running.parts):
        return
    try:
        state.record_part(layout, supervisor.start(layout, programs, owner))
    except BaseException:
        end_parts(others)
        layout.run.kill()
        state.remove(layout)
        raise


def _end_recorded(layout: Layout) -> bool:
    """End all recorded processes gracefully, kill the remaining ones, and return whether any ran.

    Raises `EmbeddedAwsError` when a process that uses the data does not end.
    """
    found = state.recorded(layout)
    if found is not None:
        end_parts(list(found.parts))
    is_left = layout.run.kill()
    layout.run.wait_until_ended()
    # Whatever is recorded has ended, also in a file of another version.
    state.remove(layout)
    if found is None and not is_left:
        return False
    shutil.rmtree(layout.scratch, ignore_errors=True)
    return True


@contextlib.contextmanager
def _explaining_disk_errors(layout: Layout) -> Iterator[None]:
    """Turn errors about an unwritable folder into an `EmbeddedAwsError` with one sentence."""
    full = EmbeddedAwsError(
        f"{layout.home}: the disk is full", hint="free some space and try again"
    )
    try:
        yield
    except (ProgramError, OSError) as error:
        if disk.is_disk_full_error(error):
            raise full from error
        if isinstance(error, ProgramError):
            raise
        if error.errno in (errno.EACCES, errno.EROFS, errno.EPERM):
            path = Path(str(error.filename or layout.home))
            raise EmbeddedAwsError(
                f"{path}: {error.strerror}", hint=f"{layout.home} must be yours to write"
            ) from error
        raise
