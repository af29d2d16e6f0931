"""`catalogctl scan`: scan an assembly with the policies, and apply the waivers."""

from __future__ import annotations

import contextlib
import datetime
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from catalog_platform.errors import FindingsError, PlatformError, UsageError
from catalog_platform.findings import Finding, Location, has_errors
from catalog_platform.manifest import Manifests
from catalog_platform.pipeline import last_scan, shard_report
from catalog_platform.pipeline.causes import with_planned_causes
from catalog_platform.pipeline.compared_versions import MANIFESTS
from catalog_platform.pipeline.given_assembly import check_assembly
from catalog_platform.pipeline.judge import judge_at
from catalog_platform.pipeline.kept import is_committed
from catalog_platform.pipeline.scan import scan_assembly
from catalog_platform.pipeline.scan_reports import ScanReports
from catalog_platform.pipeline.scanning.compare import Comparison, scan_compared
from catalog_platform.pipeline.shard import Shard
from catalog_platform.policy import engine_process, engines
from catalog_platform.policy.engines import Engines
from catalog_platform.policy.results import ScanResult
from catalog_platform.report import scan_json
from catalog_platform.terminal.progress import Progress
from catalog_platform.versions import comparison_base
from catalog_platform.versions.comparison_base import Base
from catalog_platform.workspace import Workspace

VERDICTS = "verdicts"
NO_ENVIRONMENT = Finding(
    rule="scan-incomplete",
    message="there is no environment to scan",
    location=Location(MANIFESTS),
    hint=f"add a manifest, a file {MANIFESTS}/NAME.yaml: catalogctl new",
)


def run(
    workspace: Workspace,
    time: datetime.datetime | None = None,
    *,
    names: Sequence[str],
    assembly: Path | None,
    format: str,  # noqa: A002 - the option's name
    output: Path | None,
    sarif: Path | None,
    out: Path | None = None,
    history: Path | None = None,
    base: str | None = None,
    policies_from_base: bool = False,
    cache: Path | None = None,
    keep_going: bool = False,
    shard: Shard | None = None,
) -> int:
    """Scan the environments (default: all) and report; return 1 when a finding is an error.

    Without an assembly, synthesise one first, and report findings that prevent it. Verdicts of
    earlier scans are reused then, and the assembly is not attested. The report goes to stdout, or
    to the file `output`. `sarif` names a file for a second report, `out` a folder for one in each
    format. The scan is appended to the file `history`. With `base`, errors that are not new are
    notes; `policies_from_base` applies its policies. With `keep_going`, attest the environments
    without errors, and return 1 only if each has one. `shard` selects a part of the environments;
    `out` then gets only what `catalogctl join` reads. `time` is that of the scan in the reports
    (default: now). Without any environment, the scan is incomplete. Raises `PlatformError`.
    """
    every = workspace.select(names)
    if assembly is not None:
        check_assembly(assembly)
    time = time or datetime.datetime.now(datetime.UTC)
    reports = ScanReports(
        format=format, time=time, output=output, sarif=sarif, out=out, history=history
    )
    reports.check()
    _check_shard(shard, history, keep_going)
    comparison = _comparison(workspace, base, policies_from_base, cache, keep_going)
    manifests, progress = Manifests(workspace), Progress()
    inputs = last_scan.inputs(workspace)
    names = shard.part(every) if shard else every
    result = _scanned(manifests, names, assembly, comparison, keep_going, progress)
    _keep(manifests, inputs, result, time, progress)
    if shard is not None:
        if out is not None:
            _write(out, workspace, shard, every, result, comparison)
        reports = replace(reports, out=None)
    with judge_at(manifests, _judging(comparison)) as judge:
        result = reports.publish(manifests, result, judge)
    return int(not result.passed(each=True) if keep_going else has_errors(result.findings))


def _judging(comparison: Comparison | None) -> Base | None:
    return comparison.base if comparison and comparison.policies_from_base else None


def _write(
    out: Path,
    workspace: Workspace,
    shard: Shard,
    every: Sequence[str],
    result: ScanResult,
    comparison: Comparison | None,
) -> None:
    shard_report.write(
        out,
        workspace,
        shard,
        every,
        scan=result,
        base=comparison.base.commit if comparison else "",
        policies_from_base=comparison is not None and comparison.policies_from_base,
    )


def _scanned(
    manifests: Manifests,
    names: Sequence[str],
    assembly: Path | None,
    comparison: Comparison | None,
    keep_going: bool,
    progress: Progress,
) -> ScanResult:
    """Return the scan; findings that prevent it are its problems."""
    workspace = manifests.workspace
    if not names:
        is_shard = bool(workspace.environment_names())
        return ScanResult(problems=() if is_shard else (NO_ENVIRONMENT,))
    # An assembly that is given, or kept going for, may be deployed: see `VerdictCache`.
    is_kept = not (assembly or keep_going or is_committed(workspace))
    verdicts = workspace.build / VERDICTS if is_kept else None
    try:
        with _engines(assembly) as run_engines:
            assembly = assembly or _assembly(workspace, manifests, names, progress)
            scanner = _Scanner(verdicts, run_engines, keep_going, progress)
            return scanner.scan(manifests, names, assembly, comparison)
    except FindingsError as error:
        return ScanResult(problems=error.findings)


def _keep(
    manifests: Manifests,
    inputs: Mapping[str, str],
    result: ScanResult,
    time: datetime.datetime,
    progress: Progress,
) -> None:
    """Keep the result for `waive` and `waivers`; the scan counts even if that isn't possible."""
    if not result.environments:
        return
    try:
        text = scan_json.render(result, manifests, time.date())
        last_scan.keep(manifests.workspace, inputs, text)
    except PlatformError as error:
        progress.note(f"the result is not kept for catalogctl waive: {error.message}")


def _check_shard(shard: Shard | None, history: Path | None, keep_going: bool) -> None:
    """Raise `UsageError` for options that need all environments."""
    for given, option in ((history, "--history"), (keep_going, "--keep-going")):
        if shard and given:
            raise UsageError(
                f"--shard and {option} exclude each other", hint="scan all environments in one run"
            )


def _comparison(
    workspace: Workspace,
    reference: str | None,
    policies_from_base: bool,
    cache: Path | None,
    keep_going: bool,
) -> Comparison | None:
    """Return what to compare with, None for nothing. Raises `UsageError`."""
    if reference is None:
        for given, option in ((policies_from_base, "--policies-from-base"), (cache, "--cache")):
            if given:
                raise UsageError(f"{option} needs --base", hint="name the base: --base REF")
        return None
    if keep_going:
        raise UsageError(
            "--keep-going and --base exclude each other",
            hint="attest for a deployment without --base",
        )
    base = comparison_base.find(workspace, reference)
    return Comparison(base=base, policies_from_base=policies_from_base, cache=cache)


def _assembly(
    workspace: Workspace, manifests: Manifests, names: Sequence[str], progress: Progress
) -> Path:
    # Synthesis loads the CDK, which the scan of a given assembly does not need.
    from catalog_platform.pipeline.deployable_assembly import build_deployable

    out = workspace.build / "assemblies" / "scan"
    with progress.step("synthesise " + ", ".join(names)):
        return build_deployable(workspace, manifests, names, out, None, progress)


@contextlib.contextmanager
def _engines(assembly: Path | None) -> Iterator[Engines]:
    """Load the engines beside the synthesis, if there is one."""
    if assembly is not None:
        yield engines.run
        return
    with engine_process.started() as run_engines:
        yield run_engines


@dataclass(frozen=True, slots=True)
class _Scanner:
    """How to scan; see `run` and `scan_assembly`."""

    verdicts: Path | None
    run: Engines
    keep_going: bool
    progress: Progress

    def scan(
        self,
        manifests: Manifests,
        names: Sequence[str],
        assembly: Path,
        comparison: Comparison | None,
    ) -> ScanResult:
        """Return the scan of an assembly, compared with a base if there is one."""
        workspace = manifests.workspace
        if comparison is None:
            with self.progress.step("scan " + ", ".join(names)):
                return scan_assembly(
                    workspace,
                    manifests,
                    names,
                    assembly,
                    each=self.keep_going,
                    run=self.run,
                    verdicts=self.verdicts,
                )
        result = scan_compared(
            workspace,
            manifests,
            names,
            assembly,
            comparison,
            self.progress,
            run=self.run,
            verdicts=self.verdicts,
        )
        base = comparison.base
        try:
            return with_planned_causes(manifests, result, base.reference, self.progress)
        except PlatformError as error:
            message = f"the edits that cause the new results are not known: {error.message}"
            self.progress.note(message)
            return result
