"""Scan an assembly with the policies, and attest it when no finding is an error."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from catalog_platform.errors import FindingsError
from catalog_platform.findings import Location, has_errors
from catalog_platform.manifest import Manifests
from catalog_platform.pipeline.anchors import anchored
from catalog_platform.pipeline.cost import limit_findings
from catalog_platform.policy import gate
from catalog_platform.policy.results import ScanResult
from catalog_platform.policy.waivers import EnvironmentFacts
from catalog_platform.release import attestation
from catalog_platform.release.commit import current_commit
from catalog_platform.workspace import Workspace


def scan_assembly(
    workspace: Workspace, manifests: Manifests, names: Sequence[str], assembly: Path
) -> ScanResult:
    """Scan the stacks of the environments, and attest the assembly when no finding is an error.

    Otherwise remove an earlier attestation. Raises `FindingsError` when a manifest cannot be
    read, because findings are located in it, or when prices can't and a manifest limits its cost.
    """

    def locate(environment: str, section: str) -> Location:
        return manifests.resolve(environment).locate(section or "environment")

    for name in names:
        manifests.resolve(name)
    known = [environment_facts(manifests, name) for name in workspace.environment_names()]
    result = gate.scan(assembly, names, workspace.policies, locate, known=known)
    result = anchored(result, manifests)
    if limits := limit_findings(workspace, manifests, names, assembly):
        result = replace(result, problems=(*result.problems, *limits))
    if has_errors(result.findings):
        (assembly / attestation.RECORD).unlink(missing_ok=True)
    else:
        attestation.write(assembly, names, current_commit(workspace.root))
    return result


def environment_facts(manifests: Manifests, name: str) -> EnvironmentFacts:
    """Return the facts that waivers select by; only the name if the manifest is unreadable."""
    try:
        resolved = manifests.resolve(name)
    except FindingsError:
        return EnvironmentFacts(name)
    values = (resolved.get(key) for key in ("environment.tier", "release.target"))
    return EnvironmentFacts(name, *(str(leaf.value or "") if leaf else "" for leaf in values))
