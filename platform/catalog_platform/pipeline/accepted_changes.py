"""Replacements and removals that don't block a merge: a rehearsal doesn't call them problems."""

from __future__ import annotations

from pathlib import Path

from msgspec import UNSET

from catalog_platform.manifest import Manifests
from catalog_platform.pipeline.planning.acknowledgements import with_acknowledgements
from catalog_platform.pipeline.planning.side import read_stacks
from catalog_platform.plan.environment import resource_changes
from catalog_platform.plan.model import Base, Change, EnvironmentPlan, Head, Plan


def accepted_changes(manifests: Manifests, name: str, base: Path, head: Path) -> dict[str, str]:
    """Return why the changes of an environment's resources are accepted, by logical id.

    `base` and `head` are assemblies. They are compared as in a plan. A change is accepted if it is
    acknowledged, or if the plan shows the replacement or removal and doesn't block it. Raises
    `FindingsError` when `policies/waivers.yaml` is malformed.
    """
    before, now = (read_stacks(each, (name,))[0][name] for each in (base, head))
    compared = EnvironmentPlan(
        environment=name,
        status="changed",
        verdict="safe",
        keys=[],
        code=False,
        stack_changes=[],
        changes=resource_changes(before, now),
    )
    made = Plan(
        base=Base(ref="", commit=""), head=Head(commit="", dirty=True), environments=[compared]
    )
    plan, _ = with_acknowledgements(manifests, made)
    changes = plan.environments[0].changes
    return {each.logical_id: reason for each in changes if (reason := _reason(each))}


def _reason(change: Change) -> str:
    """Return why a change is accepted, empty if it is not."""
    if change.acknowledgement is not UNSET:
        entry = change.acknowledgement
        return f"acknowledged by {entry.owner}: {entry.reason}"
    is_shown = change.action in ("replace", "remove") and not change.blocking
    return f"not blocked by the plan: {change.explanation}" if is_shown else ""
