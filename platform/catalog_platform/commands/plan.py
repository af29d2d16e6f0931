"""`catalogctl plan`: show what a merge does to the deployed stacks."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

import msgspec

from catalog_platform.manifest import Manifests
from catalog_platform.pipeline.planning import make_plan
from catalog_platform.pipeline.planning.acknowledgements import with_acknowledgements
from catalog_platform.plan.model import Plan
from catalog_platform.report import file, plan_markdown, plan_text
from catalog_platform.terminal.progress import Progress
from catalog_platform.workspace import Workspace


def _json(plan: Plan) -> str:
    return msgspec.json.format(msgspec.json.encode(plan), indent=2).decode() + "\n"


RENDERERS = {"text": plan_text.render, "markdown": plan_markdown.render, "json": _json}


def run(
    workspace: Workspace,
    *,
    names: Sequence[str],
    base: str | None,
    cache: Path | None = None,
    out: Path | None = None,
    format: str,  # noqa: A002 - the option's name
) -> int:
    """Print the plan; return 1 when a change needs an acknowledgement, or one isn't known.

    With `out`, `plan.md` and `plan.json` are written there too. Stacks of the base are kept below
    `cache`, by default in the build folder. Raises `FindingsError` when `policies/waivers.yaml` is
    malformed, `UsageError` for an unknown environment or commit, `PlatformError` when the base
    can't be checked out.
    """
    progress = Progress()
    if out is not None:
        file.check_folder(out)
    plan, notes = with_acknowledgements(
        workspace, Manifests(workspace), make_plan(workspace, names, base, progress, cache=cache)
    )
    for note in notes:
        progress.note(note)
    try:
        if out is not None:
            file.write(out / "plan.md", plan_markdown.render(plan))
            file.write(out / "plan.json", _json(plan))
    finally:  # print the plan even if the files cannot be written
        sys.stdout.write(RENDERERS[format](plan))
    blocking = any(
        change.blocking
        for environment in plan.environments
        for change in (*environment.stack_changes, *environment.changes)
    )
    return 1 if blocking or any(each.status == "unknown" for each in plan.environments) else 0
