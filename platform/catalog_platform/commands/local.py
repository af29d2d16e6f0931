"""`catalogctl local`: run the embedded AWS on this machine, with a catalog deployed to it."""

from __future__ import annotations

import sys
import time

from catalog_platform.errors import PlatformError
from catalog_platform.local import launcher
from catalog_platform.local import logs as log_files
from catalog_platform.local import status as status_report
from catalog_platform.manifest import Manifests
from catalog_platform.pipeline.deploy import deploy_assembly, scanned_assembly
from catalog_platform.pipeline.target import session_of
from catalog_platform.rehearsal.versions import rehearsal_workspaces
from catalog_platform.terminal.progress import Progress
from catalog_platform.workspace import Toolchain, Workspace


def up(workspace: Workspace, *, env: str, fresh: bool, format: str) -> int:  # noqa: A002
    """Start the embedded AWS, deploy an environment to it, and leave it running.

    Raises `FindingsError`, before anything is started, when validation or the scan finds errors.
    """
    progress = Progress()
    manifests = Manifests(workspace)
    manifest = manifests.load(env)
    if manifest.release.target != "embedded":
        raise PlatformError(
            f"{env}: release.target is aws; `local up` deploys environments with target embedded",
            hint=f"deploy it to AWS with `catalogctl deploy {env}`, or choose another environment: "
            "catalogctl local up --env ENV",
        )
    assembly = scanned_assembly(workspace, manifests, env, progress)
    with progress.step("start the embedded AWS, PostgreSQL and the cache") as on_progress:
        launcher.start(
            workspace,
            Toolchain.installed(),
            account=manifest.environment.account,
            region=manifest.environment.region,
            on_progress=on_progress,
            fresh=fresh,
        )
    deploy_assembly(session_of(workspace, manifest), manifest, assembly, progress)
    return _show(status_report.read(workspace).without_token(), format)


def down(workspace: Workspace, *, discard: bool) -> int:
    """Stop the embedded AWS. Its data stays for the next `up`.

    With `discard`, delete its data too, and stop and delete all rehearsals.
    """
    with Progress().step("stop the embedded AWS"):
        if not discard:
            launcher.stop(workspace)
            return 0
        for home in (workspace, *rehearsal_workspaces(workspace)):
            launcher.discard(home)
        launcher.remove_copies()
    return 0


def status(workspace: Workspace, *, format: str) -> int:  # noqa: A002
    """Print what runs and its addresses; return 1 if it does not run or a server has stopped."""
    return _show(status_report.read(workspace), format)


def _show(found: status_report.Status, format: str) -> int:  # noqa: A002
    print(found.as_json() if format == "json" else found.as_text())
    return 0 if found.running else 1


def logs(
    workspace: Workspace, *, part: str | None, follow: bool, last: int, since: float | None
) -> int:
    """Print the logs of functions and servers; with `follow`, print until interrupted.

    Raises `UsageError` when no server or function has the name `part`.
    """
    is_empty = True
    started = None if since is None else time.time() - since
    for line in log_files.lines(workspace, part, follow=follow, last=last, since=started):
        is_empty = False
        sys.stdout.write(line + "\n")
        sys.stdout.flush()
    if is_empty:
        print(
            "catalogctl: there are no such lines; without the embedded AWS, start it: "
            "catalogctl local up",
            file=sys.stderr,
        )
    return 0
