"""Scan the working tree and the base, and compare the results."""

from __future__ import annotations

import contextlib
import datetime
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from catalog_platform.errors import PlatformError, UsageError
from catalog_platform.findings import Finding
from catalog_platform.manifest import Manifests
from catalog_platform.pipeline.compared_versions import (
    MANIFESTS,
    POLICIES,
    Bases,
    ComparedVersions,
)
from catalog_platform.pipeline.planning.base_version import BaseVersion, Errors, OnLine
from catalog_platform.pipeline.planning.renames import renames
from catalog_platform.pipeline.planning.side import Side, read_stacks
from catalog_platform.pipeline.planning.unchanged import unchanged
from catalog_platform.pipeline.scan import scan_assembly
from catalog_platform.pipeline.scanning.base_scan import (
    BaseScanner,
    BaseScans,
    incomplete,
    not_scanned,
    reason_of,
)
from catalog_platform.pipeline.scanning.own_code import OwnCode
from catalog_platform.pipeline.scanning.same_code import SameCode
from catalog_platform.pipeline.scanning.scan_cache import KeptScan, ScanCache
from catalog_platform.pipeline.scanning.weakened import weakened
from catalog_platform.pipeline.synth import Synthesis
from catalog_platform.policy import base_results, engines
from catalog_platform.policy.comparison import BaseEnvironment, compare
from catalog_platform.policy.engines import Engines
from catalog_platform.policy.results import ScanBase, ScanResult
from catalog_platform.policy.severities import Severities
from catalog_platform.policy.verdict_cache import VerdictCache
from catalog_platform.stages import stage
from catalog_platform.terminal.progress import Progress
from catalog_platform.versions.comparison_base import Base
from catalog_platform.versions.own_packages import differ
from catalog_platform.workspace import Workspace


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """What to compare with: the base, whether its policies apply, and the folder of its scans."""

    base: Base
    policies_from_base: bool = False
    cache: Path | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Known:
    """The environments as the base has them, and why nothing is known about one."""

    environments: Mapping[str, BaseEnvironment]
    problems: tuple[Finding, ...]


def scan_compared(
    workspace: Workspace,
    manifests: Manifests,
    names: Sequence[str],
    assembly: Path,
    comparison: Comparison,
    progress: Progress,
    *,
    run: Engines = engines.run,
    verdicts: Path | None = None,
) -> ScanResult:
    """Scan an assembly of the working tree, and compare the results with those of the base.

    `run` runs the engines on it. The assembly is attested only if the scan itself has no errors,
    and reuses no `verdicts`. Raises `UsageError` if the base's policies are to apply and it has
    none, `PlatformError` if its manifests and policies can't be checked out, `FindingsError` as
    `scan_assembly` does.
    """
    with contextlib.closing(Bases(MANIFESTS, POLICIES)) as bases:
        versions = bases.compare(manifests, comparison.base)
        judge = judge_of(versions, comparison)
        with progress.step("scan " + ", ".join(names)):
            head = scan_assembly(
                workspace, manifests, names, assembly, judge=judge, run=run, verdicts=verdicts
            )
        how = BaseScanning(comparison, run if verdicts is None else VerdictCache(verdicts, run))
        return compared(versions, head, names, assembly, how, progress)


@dataclass(frozen=True, slots=True)
class BaseScanning:
    """What to compare with, and how to scan it where that isn't kept.

    `run` runs the engines on stacks that this program's code makes, `synthesis` (by default that of
    this process) makes them; those in `made` were just made.
    """

    comparison: Comparison
    run: Engines
    synthesis: Synthesis | None = None
    made: Side | None = None


def compared(
    versions: ComparedVersions,
    head: ScanResult,
    names: Sequence[str],
    assembly: Path,
    how: BaseScanning,
    progress: Progress,
    *,
    digests: Mapping[str, str] | None = None,
) -> ScanResult:
    """Return the scan of the working tree's assembly, compared with that of the base.

    The versions have the policies of the base. `digests` are those of the stacks, if known.
    """
    comparison = how.comparison
    with tempfile.TemporaryDirectory(prefix="catalogctl-scan-") as folder:
        renamed = renames(versions.before, versions.now)
        former = {name: renamed.get(name, name) for name in names}
        scratch = Path(folder)
        request = _Request(versions, assembly, digests, how, head, former, scratch, progress)
        known = _environments(request)
    ran = {each for one in known.environments.values() if one.scan for each in one.scan.policies}
    exists = head.known_policies
    if comparison.policies_from_base:  # the policies that exist in the working tree are not known
        policies = versions.now.workspace.policies
        ran, exists = set(), frozenset(Severities(policies).policies)
    base = versions.base
    scan_base = ScanBase(
        reference=base.reference, commit=base.commit, policies=comparison.policies_from_base
    )
    found = compare(head, scan_base, known.environments)
    weaker = weakened(versions, renamed, ran=ran, known=exists)
    return replace(found, problems=(*found.problems, *known.problems, *weaker))


def judge_of(versions: ComparedVersions, comparison: Comparison) -> Workspace | None:
    """Return the workspace whose policies apply instead of the working tree's, if any.

    Raises `UsageError` if the base's are to apply and it has none.
    """
    before = versions.before.workspace
    if not comparison.policies_from_base:
        return None
    if not before.policies.is_dir():
        raise UsageError(
            f"--policies-from-base: {comparison.base.reference} has no folder "
            f"{before.policies.name}",
            hint="name a base that has policies: --base REF",
        )
    return before


@dataclass(frozen=True, slots=True)
class _Request:
    """The head's scan, and what a scan of the base needs; `former` has the names at the base."""

    versions: ComparedVersions
    assembly: Path
    digests: Mapping[str, str] | None
    how: BaseScanning
    head: ScanResult
    former: Mapping[str, str]
    scratch: Path
    progress: Progress


def _environments(request: _Request) -> _Known:
    """Return every environment as the base has it. Nothing is scanned where nothing differs."""
    names, versions = tuple(request.former), request.versions
    same = _same(versions, names)
    existing = versions.before.workspace.environment_names()
    found: dict[str, BaseEnvironment] = {}
    for name in names:
        scan = base_results.of_head(request.head, name) if name in same else None
        found[name] = BaseEnvironment(scan=scan, affected=name not in same)
    rest = tuple(n for n in names if n not in same and request.former[n] in existing)
    if not rest:
        return _Known(environments=found, problems=())
    scanned = _scanned(request, rest)
    return replace(scanned, environments={**found, **scanned.environments})


def _scanned(request: _Request, names: tuple[str, ...]) -> _Known:
    """Return what the base's own scan says about environments that it has."""
    base = request.versions.base
    former = tuple(request.former[name] for name in names)
    title = f"scan {', '.join(former)} at {base.reference}"
    with request.progress.step(title) as show, stage("scan the base"):
        try:
            scans, errors = _base_scans(request, former, show)
        except PlatformError as error:
            reason = reason_of(error)
            scans = {}
            errors = {name: (not_scanned(name, base.reference, reason),) for name in former}
    digests = request.digests
    if digests is None:
        digests = _digests(request.assembly, names)
    found: dict[str, BaseEnvironment] = {}
    problems = {name: errors.get(request.former[name], ()) for name in names}
    for name in names:
        old = request.former[name]
        if old not in scans:
            continue
        scan = None
        try:
            scan = base_results.read(scans[old].report, old, name, request.head)
        except ValueError as error:
            problems[name] = (not_scanned(old, base.reference, str(error)),)
        else:
            problems[name] = incomplete(name, base.reference, scan)
        affected = name != old or digests.get(name) != scans[old].digest
        found[name] = BaseEnvironment(scan=scan, affected=affected)
    return _Known(
        environments=found,
        problems=tuple(
            replace(each, environment=name) for name in names for each in problems[name]
        ),
    )


def _base_scans(
    request: _Request, names: tuple[str, ...], show: OnLine
) -> tuple[dict[str, KeptScan], Errors]:
    versions, how, scratch = request.versions, request.how, request.scratch
    workspace = versions.now.workspace
    day = datetime.datetime.now(datetime.UTC).date()
    build = scratch if versions.is_build_committed else workspace.build
    folder = how.comparison.cache or build / "scans"
    scanner: BaseScanner
    if versions.code:
        before = versions.check_out()
        pinned = differ(before, workspace)
        scanner = OwnCode(BaseVersion(before, versions.base, workspace, scratch, show))
    else:
        pinned = False
        scanner = SameCode(versions.before, workspace, scratch, how.run, how.synthesis)
    cache = ScanCache(folder, versions.files, day, pinned=pinned)
    return BaseScans(versions.base.reference, cache, day, scanner, how.made).of(names)


def _same(versions: ComparedVersions, names: tuple[str, ...]) -> frozenset[str]:
    """Return the environments whose stack, policies and waivers are those of the base."""
    if versions.policies:
        return frozenset()
    return unchanged(versions.before, versions.now, names, versions.code)


def _digests(assembly: Path, names: tuple[str, ...]) -> dict[str, str]:
    """Return the digests of the stacks that can be read."""
    found: dict[str, str] = {}
    for name in names:
        try:
            found |= read_stacks(assembly, (name,))[1]
        except (OSError, ValueError, KeyError):
            continue
    return found
