"""`catalogctl plan`: show what a merge does to the deployed stacks."""

from __future__ import annotations

import sys
from collections.abc import Sequence

import msgspec

from catalog_platform.manifest import Manifests
from catalog_platform.pipeline.planning import make_plan
from catalog_platform.pipeline.planning.acknowledgements import with_acknowledgements
from catalog_platform.report import plan_markdown, plan_text
from catalog_platform.terminal.progress import Progress
from catalog_platform.workspace import Workspace

RENDERERS = {"text": plan_text.render, "markdown": plan_markdown.render}


def run(
    workspace: Workspace,
    *,
    names: Sequence[str],
    base: str | None,
    format: str,  # noqa: A002 - the option's name
) -> int:
    """Print the plan; return 1 when a change needs an acknowledgement, or one isn't known.

    Raises `FindingsError` when `policies/waivers.yaml` is malformed, `UsageError` for an unknown
    environment or commit, `PlatformError` when the base can't be checked out.
    """
    progress = Progress()
    plan, spent = with_acknowledgements(
        workspace, Manifests(workspace), make_plan(workspace, names, base, progress)
    )
    for waiver in spent:
        progress.note(f"the acknowledgement {waiver.id} covers no change here: remove it")
    if format == "json":
        text = msgspec.json.format(msgspec.json.encode(plan), indent=2).decode() + "\n"
    else:
        text = RENDERERS[format](plan)
    sys.stdout.write(text)
    blocking = any(
        change.blocking
        for environment in plan.environments
        for change in (*environment.stack_changes, *environment.changes)
    )
    return 1 if blocking or any(each.status == "unknown" for each in plan.environments) else 0
