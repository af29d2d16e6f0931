"""`catalogctl plan`: show what a merge does to the deployed stacks."""

from __future__ import annotations

import sys
from collections.abc import Sequence

import msgspec

from catalog_platform.pipeline.planning import make_plan
from catalog_platform.report import plan_text
from catalog_platform.terminal.progress import Progress
from catalog_platform.workspace import Workspace


def run(
    workspace: Workspace,
    *,
    names: Sequence[str],
    base: str | None,
    format: str,  # noqa: A002 - the option's name
) -> int:
    """Print the plan; return 1 when a change needs an acknowledgement, or one isn't known.

    Raises `UsageError` for an unknown environment or commit, `PlatformError` when the base can't
    be checked out.
    """
    plan = make_plan(workspace, names, base, Progress())
    if format == "json":
        text = msgspec.json.format(msgspec.json.encode(plan), indent=2).decode() + "\n"
    else:
        text = plan_text.render(plan)
    sys.stdout.write(text)
    blocking = any(
        change.blocking
        for environment in plan.environments
        for change in (*environment.stack_changes, *environment.changes)
    )
    return 1 if blocking or any(each.status == "unknown" for each in plan.environments) else 0
