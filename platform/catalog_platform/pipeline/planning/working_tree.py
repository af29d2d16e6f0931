"""A side of a plan that this program's code makes: the working tree, or a base of the same code."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from catalog_platform.errors import FindingsError, PlatformError
from catalog_platform.findings import Finding, Location, Severity
from catalog_platform.manifest import Manifests
from catalog_platform.pipeline.planning.side import Side, read_stacks
from catalog_platform.pipeline.synth import Synthesis, build_assembly
from catalog_platform.plan.stack import Stack
from catalog_platform.terminal.progress import Progress
from catalog_platform.workspace import Workspace


@dataclass(frozen=True, slots=True)
class Validated:
    """The environments of a version: the valid ones, and the findings of the others."""

    workspace: Workspace
    manifests: Manifests
    names: tuple[str, ...]
    valid: tuple[str, ...]
    findings: dict[str, tuple[Finding, ...]]


def validate(manifests: Manifests, chosen: tuple[str, ...]) -> Validated:
    """Validate those of the chosen environments that a version has."""
    existing = manifests.workspace.environment_names()
    names = tuple(name for name in chosen if name in existing)
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
    return Validated(manifests.workspace, manifests, names, tuple(valid), findings)


def head_side(
    checked: Validated, scratch: Path, progress: Progress, synthesis: Synthesis | None = None
) -> Side:
    """Synthesise the valid environments of the working tree below `scratch`."""
    valid = checked.valid
    return synthesised(checked, "head", checked.workspace, valid, scratch, progress, synthesis)


def synthesised(
    checked: Validated,
    side: Literal["base", "head"],
    functions: Workspace,
    names: tuple[str, ...],
    scratch: Path,
    progress: Progress,
    synthesis: Synthesis | None = None,
) -> Side:
    """Synthesise valid environments with the functions of a workspace, below `scratch`."""
    findings = dict(checked.findings)
    stacks: dict[str, Stack] = {}
    digests: dict[str, str] = {}
    assemblies: dict[str, Path] = {}
    alone = [(name,) for name in names] if len(names) > 1 else []
    # All at once is faster. After a failure, each is synthesised alone.
    for group in ([names] if names else []) + alone:
        if group[0] in stacks:
            continue
        out = scratch / f"{side}-{len(group)}-{group[0]}"
        try:
            build_assembly(
                functions,
                checked.manifests,
                group,
                out,
                None,
                progress,
                synthesis=synthesis,
            )
            made, of_made = read_stacks(out, group)
        except (PlatformError, OSError, ValueError) as error:
            findings |= dict.fromkeys(group, _failed(side, error))
        else:
            stacks |= made
            digests |= of_made
            assemblies |= dict.fromkeys(group, out)
            for name in group:
                findings.pop(name, None)
    return Side(
        workspace=checked.workspace,
        manifests=checked.manifests,
        names=checked.names,
        stacks=stacks,
        digests=digests,
        findings=findings,
        assemblies=assemblies,
    )


def _failed(side: str, error: PlatformError | OSError | ValueError) -> tuple[Finding, ...]:
    if isinstance(error, FindingsError):
        return error.findings
    message = error.message if isinstance(error, PlatformError) else str(error)
    return (
        Finding(rule=f"{side}-not-synthesised", message=message, location=Location("platform")),
    )
