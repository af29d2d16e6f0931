"""The head of a plan: the working tree."""

from __future__ import annotations

from pathlib import Path

from catalog_platform.errors import FindingsError, PlatformError
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
    alone = [(name,) for name in valid] if len(valid) > 1 else []
    # All at once is faster. After a failure, each is synthesised alone.
    for group in ([tuple(valid)] if valid else []) + alone:
        if group[0] in stacks:
            continue
        out = scratch / f"head-{len(group)}-{group[0]}"
        try:
            build_assembly(workspace, manifests, group, out, None, progress)
            made, of_made = read_stacks(out, group)
        except PlatformError as error:
            findings |= dict.fromkeys(group, _failed(error))
        else:
            stacks |= made
            digests |= of_made
            for name in group:
                findings.pop(name, None)
    return Side(
        workspace=workspace,
        manifests=manifests,
        names=names,
        stacks=stacks,
        digests=digests,
        findings=findings,
    )


def _failed(error: PlatformError) -> tuple[Finding, ...]:
    if isinstance(error, FindingsError):
        return error.findings
    return (
        Finding(rule="head-not-synthesised", message=error.message, location=Location("platform")),
    )
