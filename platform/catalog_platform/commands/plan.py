"""`catalogctl plan`: show what a merge does to the deployed stacks."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

from msgspec import UNSET

from catalog_platform.pipeline.kept import manifests_of
from catalog_platform.pipeline.planning import make_plan
from catalog_platform.pipeline.planning.account import account_of
from catalog_platform.pipeline.planning.acknowledgements import with_acknowledgements
from catalog_platform.plan.model import EnvironmentPlan
from catalog_platform.report import file, plan_html, plan_json, plan_markdown, plan_text
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
) -> int:
    """Print the plan; return 1 when a change needs an acknowledgement, or one isn't known.

    With `out`, also write plan.json, plan.md and plan.html to that folder. Stacks of the base are
    kept below `cache`, by default in the build folder. With `against`, the accounts of the
    environments are asked too; a question without an answer also returns 1.

    Raises `FindingsError` when `policies/waivers.yaml` is malformed, `UsageError` for an unknown
    environment or commit, or an `out` that is a file, `PlatformError` when the base can't be
    checked out or a file can't be written.
    """
    if out is not None:
        file.check_folder(out)
    progress = Progress()
    account = account_of(workspace, names, progress) if against else None
    manifests = manifests_of(workspace)
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
    blocking = any(
        change.blocking
        for environment in plan.environments
        for change in (*environment.stack_changes, *environment.changes)
    )
    return 1 if blocking or any(map(_is_open, plan.environments)) else 0


def _is_open(environment: EnvironmentPlan) -> bool:
    """Return whether something about an environment isn't known."""
    account = environment.account
    return environment.status == "unknown" or (
        account is not UNSET and any(not each.answered for each in account.answers)
    )
