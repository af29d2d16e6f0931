"""The head of a plan: the working tree."""

from __future__ import annotations

from pathlib import Path

from catalog_platform.errors import PlatformError
from catalog_platform.findings import Finding, Location, Severity
from catalog_platform.manifest import Manifests
from catalog_platform.pipeline.planning.side import Side, read_stacks
from catalog_platform.plan.stack import Stack
from catalog_platform.terminal.progress import Progress
from catalog_platform.workspace import Workspace


def head_side(
    workspace: Workspace, chosen: tuple[str, ...], scratch: Path, progress: Progress
) -> Side:
    """Validate and synthesise those of the chosen environments that the working tree has."""
    existing = workspace.environment_names()
    names = tuple(name for name in chosen if name in existing)
    # Imported here because it loads the CDK.
    from catalog_platform.pipeline.synth import build_assembly

    manifests = Manifests(workspace)
    valid, found = manifests.check(names) if names else ({}, ())
    findings: dict[str, tuple[Finding, ...]] = {
        name: tuple(
            each
            for each in found
            if each.severity is Severity.ERROR and each.environment in (name, "")
        )
        for name in names
        if name not in valid
    }
    stacks: dict[str, Stack] = {}
    digests: dict[str, str] = {}
    if valid:
        try:
            out = build_assembly(
                workspace, manifests, tuple(valid), scratch / "head", None, progress
            )
            stacks, digests = read_stacks(out, tuple(valid))
        except (PlatformError, OSError, ValueError) as error:
            text = error.message if isinstance(error, PlatformError) else str(error)
            failed = Finding(
                rule="head-not-synthesised", message=text, location=Location("platform")
            )
            findings |= dict.fromkeys(valid, (failed,))
    return Side(
        workspace=workspace,
        manifests=manifests,
        names=names,
        stacks=stacks,
        digests=digests,
        findings=findings,
    )
