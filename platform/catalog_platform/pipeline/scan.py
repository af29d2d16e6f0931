"""Scan an assembly with the policies, and attest it when no finding is an error."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from catalog_platform.errors import FindingsError
from catalog_platform.findings import Finding, Location, Severity
from catalog_platform.manifest import Manifests
from catalog_platform.pipeline.anchors import anchored
from catalog_platform.pipeline.cost import limit_findings
from catalog_platform.policy import engines, gate
from catalog_platform.policy.comparison import EXPIRED
from catalog_platform.policy.engines import Engines
from catalog_platform.policy.results import ScanResult
from catalog_platform.policy.verdict_cache import VerdictCache
from catalog_platform.policy.waivers import EnvironmentFacts
from catalog_platform.release import attestation, provenance
from catalog_platform.release.commit import Commit, agreed, current_commit
from catalog_platform.workspace import Workspace


def scan_assembly(
    workspace: Workspace,
    manifests: Manifests,
    names: Sequence[str],
    assembly: Path,
    *,
    judge: Workspace | None = None,
    each: bool = False,
    run: Engines = engines.run,
    verdicts: Path | None = None,
    attests: bool = True,
) -> ScanResult:
    """Scan the stacks of the environments, and attest the assembly when no finding is an error.

    With `each`, attest it for every environment without an error. An earlier attestation is removed
    at the start. With the policies of another version, `judge`, the assembly is never attested: a
    deployment needs a scan with its own policies. Nor is it with verdicts of earlier scans from the
    folder `verdicts`: for a deployment, `run` runs the engines. Without `attests`, it is not to be
    deployed. Raises `FindingsError` when a manifest cannot be read, because findings are located in
    it, or when prices can't and a manifest limits its cost; `PlatformError` when the assembly
    changes during the scan.
    """

    def locate(environment: str, section: str) -> Location:
        return manifests.resolve(environment).locate(section or "environment")

    # A scan that fails must leave no earlier attestation.
    attestation.remove(assembly)
    is_final = attests and judge is None and verdicts is None
    scanned = attestation.assembly_digest(assembly) if is_final else None
    for name in names:
        manifests.resolve(name)
    scan = gate.scan(
        assembly,
        names,
        (judge or workspace).policies,
        locate,
        known=known_facts(workspace, manifests, judge),
        run=run if verdicts is None else VerdictCache(verdicts, run),
    )
    result = anchored(scan, manifests)
    if limits := limit_findings(judge or workspace, manifests, names, assembly):
        result = replace(result, problems=(*result.problems, *limits))
    result = replace(
        result, problems=tuple(_of_others(problem, names) for problem in result.problems)
    )
    if is_final and (passed := result.passed(each=each)):
        commit = _commit(workspace, assembly)
        attestation.write(assembly, passed, commit, scanned=scanned)
    return result


def _commit(workspace: Workspace, assembly: Path) -> Commit | None:
    """Return the commit that an assembly is made from, None if it is unknown.

    It is not clean if the scan has the policies and manifests of another one.
    """
    made_from = provenance.read(assembly).commit
    return agreed(made_from, current_commit(workspace.root)) if made_from else None


def known_facts(
    workspace: Workspace, manifests: Manifests, judge: Workspace | None
) -> list[EnvironmentFacts]:
    """Return the facts of all environments, and the names of those that only `judge` has.

    Its waivers may name environments that exist no more.
    """
    names = workspace.environment_names()
    gone = set(judge.environment_names()) - set(names) if judge is not None else set()
    return [
        *(environment_facts(manifests, name) for name in names),
        *(EnvironmentFacts(name) for name in sorted(gone)),
    ]


def _of_others(problem: Finding, names: Sequence[str]) -> Finding:
    """Return a note instead of the expiry of a waiver for an environment that is not scanned."""
    if problem.rule != EXPIRED or problem.environment in ("", *names):
        return problem
    return replace(problem, severity=Severity.NOTE)


def environment_facts(manifests: Manifests, name: str) -> EnvironmentFacts:
    """Return the facts that waivers select by; only the name if the manifest is unreadable."""
    try:
        if (valid := manifests.model(name)) is not None:
            return EnvironmentFacts(name, valid.environment.tier, valid.release.target)
        resolved = manifests.resolve(name)
    except FindingsError:
        return EnvironmentFacts(name)
    values = (resolved.get(key) for key in ("environment.tier", "release.target"))
    return EnvironmentFacts(name, *(str(leaf.value or "") if leaf else "" for leaf in values))
