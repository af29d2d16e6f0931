"""Scan an assembly against the policies, and attest it when nothing is an error."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from catalog_platform.errors import FindingsError
from catalog_platform.findings import Location, failed
from catalog_platform.manifest import Manifests
from catalog_platform.policy import gate
from catalog_platform.policy.verdicts import ScanResult
from catalog_platform.policy.waivers import EnvironmentFacts
from catalog_platform.release import attestation
from catalog_platform.workspace import Workspace


def scan_assembly(
    workspace: Workspace, manifests: Manifests, names: Sequence[str], assembly: Path
) -> ScanResult:
    """Scan the stacks of the environments; an assembly without errors is attested.

    One with errors loses the attestation it may have had. Raises `FindingsError` when a manifest
    cannot be read, since findings are placed in it.
    """

    def locate(environment: str, section: str) -> Location:
        return manifests.resolve(environment).locate(section or "environment")

    for name in names:
        manifests.resolve(name)
    known = [_facts(manifests, name) for name in workspace.environment_names()]
    result = gate.scan(assembly, names, workspace.policies, locate, known=known)
    if failed(result.findings):
        (assembly / attestation.RECORD).unlink(missing_ok=True)
    else:
        attestation.grant(assembly, names)
    return result


def _facts(manifests: Manifests, name: str) -> EnvironmentFacts:
    """What waivers select an environment by; the name alone if it is not scanned and unreadable."""
    try:
        resolved = manifests.resolve(name)
    except FindingsError:
        return EnvironmentFacts(name)
    values = (resolved.get(key) for key in ("environment.tier", "release.target"))
    return EnvironmentFacts(name, *(str(leaf.value or "") if leaf else "" for leaf in values))
