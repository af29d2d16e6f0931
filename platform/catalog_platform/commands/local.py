"""`catalogctl local`: an AWS on this machine, with a catalog deployed to it."""

from __future__ import annotations

import sys

from catalog_platform.errors import PlatformError
from catalog_platform.local import launcher, packages, postgres
from catalog_platform.local import logs as journal
from catalog_platform.local import status as survey
from catalog_platform.manifest import Manifests
from catalog_platform.pipeline.deploy import deploy_assembly, scanned_assembly
from catalog_platform.pipeline.target import session_of
from catalog_platform.rehearsal.versions import places
from catalog_platform.terminal.progress import Progress
from catalog_platform.workspace import Toolchain, Workspace


def up(workspace: Workspace, *, env: str, fresh: bool, format: str) -> int:  # noqa: A002
    """Start the embedded AWS and deploy an environment to it; it keeps running.

    Raises `FindingsError` before anything is started when manifest or policies speak against it.
    """
    progress = Progress()
    manifests = Manifests(workspace)
    manifest = manifests.load(env)
    if manifest.release.target != "embedded":
        raise PlatformError(
            f"{env} is deployed to AWS (release.target), not to the embedded AWS",
            hint=f"catalogctl explain {env} release.target",
        )
    assembly = scanned_assembly(workspace, manifests, env, progress)
    with progress.step("start the embedded AWS, PostgreSQL and the cache") as tell:
        launcher.start(
            workspace,
            Toolchain.installed(),
            account=manifest.environment.account,
            region=manifest.environment.region,
            on_progress=tell,
            fresh=fresh,
        )
    deploy_assembly(session_of(workspace, manifest), manifest, assembly, progress)
    found = survey.survey(workspace).without_token()
    return _show(found, format)


def down(workspace: Workspace, *, discard: bool) -> int:
    """Stop it; its data stays for the next `up`.

    With `discard` nothing of it stays, nor of rehearsals, those that run included.
    """
    with Progress().step("stop the embedded AWS"):
        if not discard:
            launcher.stop(workspace)
            return 0
        for home in (workspace, *places(workspace)):
            launcher.discard(home)
        postgres.withdraw(packages.folder(Toolchain.installed()))
    return 0


def status(workspace: Workspace, *, format: str) -> int:  # noqa: A002
    """Print what runs and how it is reached; 1 when nothing runs or a part has died."""
    return _show(survey.survey(workspace), format)


def _show(found: survey.Survey, format: str) -> int:  # noqa: A002
    print(found.as_json() if format == "json" else found.as_text())
    return 0 if found.running else 1


def logs(workspace: Workspace, *, follow: bool) -> int:
    """Print the logs of functions and servers; with `follow`, until interrupted."""
    is_empty = True
    for line in journal.lines(workspace, follow=follow):
        is_empty = False
        sys.stdout.write(line + "\n")
        sys.stdout.flush()
    if is_empty:
        print("catalogctl: no logs yet; they begin with: catalogctl local up", file=sys.stderr)
    return 0
