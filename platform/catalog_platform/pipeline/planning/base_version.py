"""The base of a plan: a commit, validated and synthesised with its own code."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

from catalog_platform.errors import ToolError
from catalog_platform.findings import Finding, Location
from catalog_platform.manifest import Manifests
from catalog_platform.pipeline.planning.side import Side, read_stacks
from catalog_platform.plan.stack import Stack
from catalog_platform.versions.checkout import run_own
from catalog_platform.versions.comparison_base import Base
from catalog_platform.workspace import Workspace

DETAIL = 300


def base_side(
    before: Workspace,
    base: Base,
    chosen: tuple[str, ...],
    scratch: Path,
    on_line: Callable[[str], None],
) -> Side:
    """Synthesise those of the chosen environments that the base has, below `scratch`.

    `before` is the checkout of the base.
    """
    existing = before.environment_names()
    names = tuple(name for name in chosen if name in existing)
    findings = _findings(before, names)
    valid = tuple(name for name in names if name not in findings)
    out = scratch / "base"
    stacks: dict[str, Stack] = {}
    digests: dict[str, str] = {}
    if valid:
        try:
            run_own(before, "synth", *valid, "--out", str(out), on_line=on_line)
            stacks, digests = read_stacks(out, valid)
        except (ToolError, OSError, ValueError) as error:
            tail = error.tail if isinstance(error, ToolError) else str(error)
            findings |= {name: (_failed(base, "synthesised", tail),) for name in valid}
    return Side(
        workspace=before,
        manifests=Manifests(before),
        names=names,
        stacks=stacks,
        digests=digests,
        findings=findings,
    )


def _findings(before: Workspace, names: tuple[str, ...]) -> dict[str, tuple[Finding, ...]]:
    """Return the errors that the base's own code finds, by environment."""
    if not names:
        return {}
    manifests = Manifests(before)
    try:
        run_own(before, "-q", "validate", *names, "--format", "json")
    except ToolError as error:
        found: dict[str, tuple[Finding, ...]] = {}
        try:
            listed = json.loads(error.tail)["findings"]
        except (ValueError, KeyError, TypeError):
            listed = []
        for name in names:
            _, own = manifests.check([name])
            errors = tuple(each for each in own if each.severity.value == "error")
            if errors:
                found[name] = errors
        if not found and not listed:
            failed = Finding(
                rule="base-invalid",
                message=f"its own code can't validate it: {error.tail.strip()[-DETAIL:]}",
                location=Location("environments"),
            )
            return dict.fromkeys(names, (failed,))
        return found
    return {}


def _failed(base: Base, what: str, tail: str) -> Finding:
    return Finding(
        rule="base-not-synthesised",
        message=f"{base.reference} can't be {what} with its own code: {tail.strip()[-DETAIL:]}",
        location=Location("environments"),
        hint="repair the base, or name another one: --base REF",
    )
