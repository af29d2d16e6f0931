"""The head of a plan: the working tree."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from catalog_platform.errors import FindingsError, PlatformError
from catalog_platform.findings import Finding, Location, Severity
from catalog_platform.manifest import Manifests
from catalog_platform.pipeline.planning.side import Side, read_stacks
from catalog_platform.plan.stack import Stack
from catalog_platform.terminal.progress import Progress
from catalog_platform.workspace import Workspace


@dataclass(frozen=True, slots=True)
class Validated:
    """The environments of the working tree: the valid ones, and the findings of the others."""

    workspace: Workspace
    manifests: Manifests
    names: tuple[str, ...]
    valid: tuple[str, ...]
    findings: dict[str, tuple[Finding, ...]]


def validate(workspace: Workspace, chosen: tuple[str, ...]) -> Validated:
    """Validate those of the chosen environments that the working tree has."""
    existing = workspace.environment_names()
    names = tuple(name for name in chosen if name in existing)
    manifests = Manifests(workspace)
    valid, found = manifests.check(names) if names else ({}, ())
    findings = {
        name: tuple(
            each
            for each in found
            if each.severity is Severity.ERROR and each.environment in (name, "")
        )
        for name in names
        if name not in valid
    }
    return Validated(workspace, manifests, names, tuple(valid), findings)


def head_side(checked: Validated, scratch: Path, progress: Progress) -> Side:
    """Synthesise the valid environments of the working tree below `scratch`."""
    # Imported here because it loads the CDK.
    from catalog_platform.pipeline.synth import build_assembly

    workspace, manifests, valid = checked.workspace, checked.manifests, checked.valid
    findings = dict(checked.findings)
    stacks: dict[str, Stack] = {}
    digests: dict[str, str] = {}
    alone = [(name,) for name in valid] if len(valid) > 1 else []
    # All at once is faster. After a failure, each is synthesised alone.
    for group in ([valid] if valid else []) + alone:
        if group[0] in stacks:
            continue
        out = scratch / f"head-{len(group)}-{group[0]}"
        try:
            build_assembly(workspace, manifests, group, out, None, progress)
            made, of_made = read_stacks(out, group)
        except (PlatformError, OSError, ValueError) as error:
            findings |= dict.fromkeys(group, _failed(error))
        else:
            stacks |= made
            digests |= of_made
            for name in group:
                findings.pop(name, None)
    return Side(
        workspace=workspace,
        manifests=manifests,
        names=checked.names,
        stacks=stacks,
        digests=digests,
        findings=findings,
    )


def _failed(error: PlatformError | OSError | ValueError) -> tuple[Finding, ...]:
    if isinstance(error, FindingsError):
        return error.findings
    message = error.message if isinstance(error, PlatformError) else str(error)
    return (Finding(rule="head-not-synthesised", message=message, location=Location("platform")),)
