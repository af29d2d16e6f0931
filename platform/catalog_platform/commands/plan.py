"""`catalogctl plan`: show what a merge does to the deployed stacks."""

from __future__ import annotations

import datetime
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from msgspec import UNSET

from catalog_platform.errors import UsageError
from catalog_platform.findings import has_errors
from catalog_platform.manifest import Manifests
from catalog_platform.pipeline.kept import manifests_of
from catalog_platform.pipeline.planning import make_plan
from catalog_platform.pipeline.planning.account import account_of
from catalog_platform.pipeline.planning.acknowledgements import with_acknowledgements
from catalog_platform.plan.model import EnvironmentPlan, Plan
from catalog_platform.policy.results import ScanResult
from catalog_platform.report import (
    file,
    plan_html,
    plan_json,
    plan_markdown,
    plan_text,
    review_text,
)
from catalog_platform.terminal.progress import Progress
from catalog_platform.workspace import Workspace

RENDERERS = {
    "text": plan_text.render,
    "markdown": plan_markdown.render,
    "json": plan_json.render,
    "html": plan_html.render,
}
FILES = {"plan.json": "json", "plan.md": "markdown", "plan.html": "html"}


def run(
    workspace: Workspace,
    *,
    names: Sequence[str],
    base: str | None,
    cache: Path | None = None,
    out: Path | None = None,
    format: str,  # noqa: A002 - the option's name
    against: str | None = None,
    scan: bool = False,
    policies_from_base: bool = False,
) -> int:
    """Print the plan; return 1 when a change needs an acknowledgement, or one isn't known.

    With `out`, also write plan.json, plan.md and plan.html to that folder. Stacks of the base are
    kept below `cache`, by default in the build folder. With `against`, the accounts of the
    environments are asked too; a question without an answer also returns 1. With `scan`, what
    differs from the base is scanned as well: the report follows the plan, in `out` it is scan.txt
    and so on, and a new finding also returns 1; see `commands.scan` for `policies_from_base`.

    Raises `FindingsError` when `policies/waivers.yaml` is malformed, `UsageError` for an unknown
    environment or commit, or an `out` that is a file, `PlatformError` when the base can't be
    checked out or a file can't be written.
    """
    _check_options(format, against, scan, policies_from_base)
    if out is not None:
        file.check_folder(out)
    progress = Progress()
    manifests = manifests_of(workspace)
    reviewed = ScanResult()
    if scan:
        made, reviewed = _reviewed(manifests, names, base, cache, progress, policies_from_base)
    else:
        account = account_of(workspace, names, progress) if against else None
        made = make_plan(manifests, names, base, progress, account, cache=cache)
    plan, notes = with_acknowledgements(workspace, manifests, made)
    for note in notes:
        progress.note(note)
    try:
        if out is not None:
            texts = {name: RENDERERS[each](plan) for name, each in FILES.items()}
            for name, text in texts.items():
                file.write(out / name, text)
    finally:  # print the plan even if the files cannot be written
        sys.stdout.write(RENDERERS[format](plan))
    if scan:
        sys.stdout.write(_scan_reports(manifests, plan, reviewed, format, out))
    is_open = any(map(_is_open, plan.environments)) or has_errors(reviewed.findings)
    return 1 if is_open or any(map(_is_blocking, plan.environments)) else 0


def _check_options(chosen: str, against: str | None, scan: bool, policies_from_base: bool) -> None:
    if policies_from_base and not scan:
        raise UsageError("--policies-from-base needs --scan", hint="scan what differs: --scan")
    if scan and against:
        raise UsageError("--scan and --against exclude each other", hint="run plan twice")
    if scan and chosen in ("json", "html"):
        raise UsageError(
            f"--scan: two documents in format {chosen} cannot be printed",
            hint="write them to a folder: --out DIR",
        )


def _reviewed(
    manifests: Manifests,
    names: Sequence[str],
    base: str | None,
    cache: Path | None,
    progress: Progress,
    policies_from_base: bool,
) -> tuple[Plan, ScanResult]:
    # Imported here because a plan without a scan does not need it.
    from catalog_platform.pipeline.review import Review

    review = Review(manifests.workspace, progress)
    try:
        return review.run(manifests, names, base, cache=cache, from_base=policies_from_base)
    finally:
        review.stop()


def _scan_reports(
    manifests: Manifests, plan: Plan, found: ScanResult, chosen: str, out: Path | None
) -> str:
    """Write the reports of the scan, and return the one to print."""
    if not found.environments and out is None:
        return review_text.NOTHING
    # Imported here because a plan without a scan, or without a difference, does not need them.
    from catalog_platform.pipeline.scan_context import scan_context
    from catalog_platform.release.commit import Commit
    from catalog_platform.report import scan as scan_report

    commit = Commit(plan.head.commit, clean=not plan.head.dirty)
    context = scan_context(manifests.workspace, datetime.datetime.now(datetime.UTC), commit)
    found = replace(found, problems=(*found.problems, *context.problems))
    if out is not None:
        for name, each in scan_report.FILES.items():
            file.write(out / name, scan_report.render(found, each, manifests, context))
    return "\n" + scan_report.render(found, chosen, manifests, context)


def _is_blocking(environment: EnvironmentPlan) -> bool:
    changes = (*environment.stack_changes, *environment.changes)
    return any(change.blocking for change in changes)


def _is_open(environment: EnvironmentPlan) -> bool:
    """Return whether something about an environment isn't known."""
    account = environment.account
    return environment.status == "unknown" or (
        account is not UNSET and any(not each.answered for each in account.answers)
    )
