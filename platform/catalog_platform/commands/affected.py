"""`catalogctl affected`: list the environments whose deployment differs from a base."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from msgspec import UNSET

from catalog_platform.pipeline.kept import manifests_of
from catalog_platform.pipeline.planning import make_plan
from catalog_platform.plan.model import EnvironmentPlan, Plan
from catalog_platform.terminal.progress import Progress
from catalog_platform.workspace import Workspace


def run(
    workspace: Workspace,
    *,
    base: str | None,
    cache: Path | None = None,
    format: str,  # noqa: A002 - the option's name
) -> int:
    """Print every environment that isn't unchanged; return 1 when one of them is unknown.

    Stacks of the base are kept below `cache`, by default in the build folder.

    Raises `UsageError` for an unknown commit, `PlatformError` when it can't be checked out.
    """
    manifests = manifests_of(workspace)
    found = affected(make_plan(manifests, (), base, Progress(), cache=cache, with_reasons=False))
    if format == "json":
        print(json.dumps({"affected": [_as_json(each) for each in found]}, indent=2))
    else:
        sys.stdout.writelines(f"{_line(each)}\n" for each in found)
    return 1 if any(each.status == "unknown" for each in found) else 0


def affected(plan: Plan) -> list[EnvironmentPlan]:
    """Return the environments that a merge changes, or of which that isn't known."""
    return [each for each in plan.environments if each.status != "unchanged"]


def _as_json(environment: EnvironmentPlan) -> dict[str, Any]:
    former = {} if environment.from_ is UNSET else {"from": environment.from_}
    target = {} if environment.target is UNSET else {"target": environment.target}
    return {
        "environment": environment.environment,
        "status": environment.status,
        **former,
        "keys": [each.key for each in environment.keys],
        "code": environment.code,
        **target,
    }


def _line(environment: EnvironmentPlan) -> str:
    causes = [*(each.key for each in environment.keys), *["code"] * environment.code]
    former = "" if environment.from_ is UNSET else f" from {environment.from_}"
    return f"{environment.environment}: {environment.status}{former}" + (
        f": {', '.join(causes)}" if causes else ""
    )
