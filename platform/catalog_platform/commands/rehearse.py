"""`catalogctl rehearse`: deploy a change to an embedded AWS before it is deployed to AWS."""

from __future__ import annotations

import contextlib
import os
import shutil
import time
import uuid
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from catalog_platform.aws.refused_updates import Refusal, refused_updates
from catalog_platform.aws.session import Session
from catalog_platform.aws.stack import stack_name
from catalog_platform.errors import PlatformError, UsageError
from catalog_platform.local import launcher, lint
from catalog_platform.manifest import Manifests
from catalog_platform.model import Manifest
from catalog_platform.pipeline.accepted_changes import accepted_changes
from catalog_platform.pipeline.deploy import scan_and_attest
from catalog_platform.rehearsal import (
    fault_injection,
    markdown,
    stateful_resources,
    steps,
    template,
)
from catalog_platform.rehearsal.lock import only_rehearsal
from catalog_platform.rehearsal.result import Rehearsal, StepResult, problems
from catalog_platform.rehearsal.steps import RehearsalContext, SentFeed
from catalog_platform.rehearsal.versions import (
    Versions,
    check_out,
    rehearsal_workspace,
    synthesise_versions,
)
from catalog_platform.release.deploy import bootstrap
from catalog_platform.report import file
from catalog_platform.terminal.progress import Progress
from catalog_platform.versions.comparison_base import Base, differs, find, has_environment
from catalog_platform.workspace import Toolchain, Workspace

DELETED = (
    "The change deletes the environment {name}. There is nothing to deploy: the stack and its data"
    " stay in the account until somebody deletes them."
)
ADDED = (
    "{base} has no environment {name}. There is nothing to update: a deployment creates its stack."
)


def run(
    workspace: Workspace,
    *,
    name: str,
    base: str | None,
    updates: int,
    out: Path | None,
    format: str,  # noqa: A002 - the option's name
) -> int:
    """Rehearse the change from `base` to the working tree; return 1 for problems and refusals.

    Without `base`, it is the merge base of HEAD and the main branch.

    The report goes to stdout; with `out`, `rehearsal.md` and `rehearsal.json` are written there
    too. Raises `UsageError` for an unknown environment or commit, `FindingsError` when validation
    or the scan finds errors, `PlatformError` when a version cannot be synthesised, cfn-lint
    finds errors in the change's template, or another rehearsal of the environment runs.
    """
    started = time.monotonic()
    if out is not None:
        file.check_folder(out)
    found = _rehearse(workspace, name, base, updates)
    found = replace(found, seconds=round(time.monotonic() - started, 1))
    reports = {"markdown": markdown.render(found), "json": found.as_json()}
    try:
        if out is not None:
            file.write(out / "rehearsal.md", reports["markdown"])
            file.write(out / "rehearsal.json", reports["json"])
    finally:  # print the report even if the files cannot be written
        print(reports[format], end="")
    return 0 if found.passed else 1


def _rehearse(workspace: Workspace, name: str, reference: str | None, updates: int) -> Rehearsal:
    """Compare the versions; rehearse the change unless nothing differs or AWS refuses it."""
    progress = Progress()
    manifests = Manifests(workspace)
    if name not in workspace.environment_names():
        return _deleted(workspace, name, reference)
    base = find(workspace, reference)
    if not differs(workspace, base):
        return _not_started(name, base)
    with progress.step(f"validate {name}"):
        manifest = manifests.load(name)
    if not has_environment(workspace, base, name):
        return _not_started(name, base, note=ADDED.format(base=base.reference, name=name))
    with _scratch(workspace, name) as scratch:
        with progress.step(f"check {base.reference} out"):
            before = check_out(workspace, base, scratch)
        with progress.step(f"synthesise {name} at {base.reference} and in the working tree"):
            versions = synthesise_versions(workspace, manifest, before, scratch, progress.note)
        refused, left_behind = _refusals(versions, name)
        if not refused:
            # Also when the stack is the same: policies and waivers may have changed.
            scan_and_attest(workspace, manifests, name, versions.as_written, progress)
        obstacle = versions.moved or versions.restored
        if refused or obstacle or versions.is_unchanged(name):
            return replace(
                _not_started(name, base, note=obstacle),
                refused=refused,
                left_behind=left_behind,
                changes=versions.changes,
                not_rehearsed=versions.coverage.not_rehearsed,
            )
        accepted = accepted_changes(manifests, name, versions.base_as_written, versions.as_written)
        versions = replace(versions, accepted=accepted)
        with _context(scratch, manifest, progress) as context:
            found = _run_steps(context, manifest, versions, updates, progress)
            return replace(found, left_behind=left_behind)


def _refusals(versions: Versions, name: str) -> tuple[tuple[Refusal, ...], tuple[Refusal, ...]]:
    """Return the updates that AWS refuses, and those whose old resource it leaves behind."""
    if versions.moved:  # AWS creates another stack
        return (), ()
    before, now = versions.base_as_written, versions.as_written
    found = refused_updates(template.read(before, name), template.read(now, name))
    return (
        tuple(each for each in found if not each.leaves_behind),
        tuple(each for each in found if each.leaves_behind),
    )


def _deleted(workspace: Workspace, name: str, reference: str | None) -> Rehearsal:
    """Report an environment that only the base has. Raises `UsageError` when it has none either."""
    base = None
    with contextlib.suppress(PlatformError):
        base = find(workspace, reference)
    if base is None or not has_environment(workspace, base, name):
        workspace.select([name])
        raise UsageError(f"unknown environment '{name}'")
    return _not_started(name, base, note=DELETED.format(name=name))


def _not_started(name: str, base: Base, note: str = "") -> Rehearsal:
    return Rehearsal(
        environment=name,
        base=base.reference,
        commit=base.commit,
        changes=(),
        overlay=(),
        recorded_only=(),
        note=note,
    )


def _run_steps(
    context: RehearsalContext,
    manifest: Manifest,
    versions: Versions,
    updates: int,
    progress: Progress,
) -> Rehearsal:
    name = manifest.environment.name
    head = versions.head / f"{stack_name(name)}.template.json"
    with (
        progress.step("deploy the base, send updates, lint the change's template"),
        lint.checking(head, manifest.environment.region),
    ):
        first, fed = steps.deploy_base(context, versions.base, updates)
    update = broken = None
    if not problems(first, None, None):
        with progress.step("deploy the change under traffic"):
            update, during = _update(context, versions, fed)
        if not problems(first, update, None):
            with progress.step("deploy a failure under traffic, and roll it back"):
                # What an accepted loss took is not there to be lost by the rollback.
                earlier = [] if update.accepted_losses else [fed, during]
                broken = _failed_deployment(context, versions, earlier)
    return Rehearsal(
        environment=name,
        base=versions.reference,
        commit=versions.commit,
        changes=versions.changes,
        overlay=versions.overlay,
        recorded_only=versions.recorded_only,
        partly_emulated=versions.partly_emulated,
        rehearsed=versions.coverage.rehearsed,
        not_rehearsed=versions.coverage.not_rehearsed,
        first=first,
        update=update,
        failed_deployment=broken,
        problems=problems(first, update, broken),
    )


def _update(
    context: RehearsalContext, versions: Versions, fed: SentFeed
) -> tuple[StepResult, SentFeed]:
    before = stateful_resources.list_deployed(context.session, context.environment)
    title = "the change is deployed under traffic"
    step, during = steps.under_traffic(context, versions.head, title, "b", [fed])
    found = stateful_resources.losses(
        before,
        stateful_resources.list_deployed(context.session, context.environment),
        template.read(versions.base, context.environment),
        template.read(versions.head, context.environment),
        versions.accepted,
    )
    return replace(step, losses=found), during


def _failed_deployment(
    context: RehearsalContext, versions: Versions, earlier: list[SentFeed]
) -> StepResult:
    name = context.environment
    broken = template.replaced(
        versions.head,
        name,
        fault_injection.with_failing_deployment(template.read(versions.head, name)),
        versions.head.with_name("broken"),
    )
    title = "a deployment stops the processor, fails, and is rolled back"
    step, _ = steps.under_traffic(context, broken, title, "c", earlier)
    return step


@contextlib.contextmanager
def _context(
    scratch: Workspace, manifest: Manifest, progress: Progress
) -> Iterator[RehearsalContext]:
    """Start an embedded AWS for this rehearsal, and delete it and its data at the end."""
    where, toolchain = manifest.environment, Toolchain.installed()
    try:
        with progress.step("start an embedded AWS for the rehearsal") as on_progress:
            running = launcher.start(
                scratch,
                toolchain,
                account=where.account,
                region=where.region,
                on_progress=on_progress,
                fresh=True,
                owner=os.getpid(),
            )
            session = Session(where.region, running.aws_environment())
            bootstrap(toolchain, session, where.account, on_line=lambda _line: None)
        yield RehearsalContext(
            toolchain=toolchain,
            session=session,
            environment=where.name,
            run=uuid.uuid4().hex[:8],
            timeout=manifest.release.deploy_timeout_minutes * 60,
            on_line=lambda _line: None,
        )
    finally:
        launcher.discard(scratch)


@contextlib.contextmanager
def _scratch(workspace: Workspace, name: str) -> Iterator[Workspace]:
    """Create a folder for both versions and the embedded AWS's data; delete it at the end."""
    home = rehearsal_workspace(workspace, name)
    with only_rehearsal(home):
        # A rehearsal that was killed may have left something.
        launcher.discard(home)
        shutil.rmtree(home.root, ignore_errors=True)
        home.root.mkdir(parents=True)
        try:
            yield home
        finally:
            launcher.discard(home)
            shutil.rmtree(home.root, ignore_errors=True)
