"""`catalogctl scan`: scan an assembly with the policies, and apply the waivers."""

from __future__ import annotations

import datetime
import sys
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path

from catalog_platform import report
from catalog_platform.errors import FindingsError, PlatformError, UsageError
from catalog_platform.findings import Sources, has_errors
from catalog_platform.manifest import Manifests
from catalog_platform.pipeline import last_scan
from catalog_platform.pipeline.causes import with_planned_causes
from catalog_platform.pipeline.scan import scan_assembly
from catalog_platform.pipeline.scanning.compare import Comparison, scan_compared
from catalog_platform.pipeline.target import check_assembly
from catalog_platform.policy.results import Counts, ScanResult
from catalog_platform.report import file, scan_github, scan_json, scan_sarif
from catalog_platform.terminal.progress import Progress
from catalog_platform.versions import comparison_base
from catalog_platform.workspace import Workspace

FILES = {"scan.txt": "text", "scan.json": "json", "scan.sarif": "sarif"}
VERDICTS = "verdicts"
COLUMNS = ("environment", "passed", "failed", "waived")


def run(
    workspace: Workspace,
    *,
    names: Sequence[str],
    assembly: Path | None,
    format: str,  # noqa: A002 - the option's name
    output: Path | None,
    sarif: Path | None,
    out: Path | None = None,
    base: str | None = None,
    policies_from_base: bool = False,
    cache: Path | None = None,
    keep_going: bool = False,
) -> int:
    """Scan the environments (default: all) and report; return 1 when a finding is an error.

    Without an assembly, synthesise one first, and report findings that prevent it. Verdicts of
    earlier scans are reused then, and the assembly is not attested. The report
    goes to stdout, or to the file `output`. `sarif` names a file for a second report, `out` a
    folder for one in each format.
    With `base`, errors that are not new are notes; `policies_from_base` makes its policies judge.
    With `keep_going`, attest the environments without errors, and return 1 only if there is none.
    Raises `PlatformError`.
    """
    names = workspace.select(names)
    if assembly is not None:
        check_assembly(assembly)
    for path in filter(None, (output, sarif)):
        file.check_writable(path)
    if out is not None:
        file.check_folder(out)
    comparison = _comparison(workspace, base, policies_from_base, cache, keep_going)
    manifests = Manifests(workspace)
    try:
        result = _scan(workspace, manifests, names, assembly, comparison, keep_going)
        _keep(workspace, result, manifests)
    except FindingsError as error:
        result = ScanResult(problems=tuple(error.findings))
    files = {sarif: "sarif"} if sarif is not None else {}
    files |= {out / name: each for name, each in FILES.items()} if out is not None else {}
    text = render(result, format, manifests)
    try:
        for path, each in files.items():
            file.write(path, render(result, each, manifests))
    finally:  # write the other report even if these cannot be written
        _write(text, output)
    if result.counts and (format != "text" or output is not None):
        print(_table(result.counts), end="", file=sys.stderr)
    return int(not result.passed(each=True) if keep_going else has_errors(result.findings))


def _write(text: str, output: Path | None) -> None:
    if output is None:
        print(text, end="")
    else:
        file.write(output, text)


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


def _scan(
    workspace: Workspace,
    manifests: Manifests,
    names: Sequence[str],
    assembly: Path | None,
    comparison: Comparison | None,
    keep_going: bool,
) -> ScanResult:
    progress = Progress()
    # An assembly that is given, or kept going for, may be deployed: see `VerdictCache`.
    verdicts = None if assembly or keep_going else workspace.build / VERDICTS
    if assembly is None:
        # Synthesis loads the CDK, which the scan of a given assembly does not need.
        from catalog_platform.pipeline.synth import build_assembly

        with progress.step("synthesise " + ", ".join(names)):
            assembly = build_assembly(
                workspace, manifests, names, workspace.build / "assemblies" / "scan", None, progress
            )
    if comparison is None:
        with progress.step("scan " + ", ".join(names)):
            return scan_assembly(
                workspace, manifests, names, assembly, each=keep_going, verdicts=verdicts
            )
    result = scan_compared(
        workspace, manifests, names, assembly, comparison, progress, verdicts=verdicts
    )
    base = comparison.base
    try:
        result = with_planned_causes(workspace, manifests, result, base.reference, progress)
    except PlatformError as error:
        progress.note(f"the edits that cause the new results are not known: {error.message}")
    statuses = Counter(each.status for each in result.results if each.waiver is None)
    progress.note(
        f"compared with {base.reference}: {statuses['new']} new, "
        f"{statuses['unchanged']} unchanged, {len(result.fixed)} fixed"
    )
    return result


def _keep(workspace: Workspace, result: ScanResult, sources: Sources) -> None:
    """Keep the result for `waive` and `waivers`; the scan counts even if that isn't possible."""
    try:
        last_scan.keep(workspace, render(result, "json", sources))
    except PlatformError as error:
        Progress().note(f"the result is not kept for catalogctl waive: {error.message}")


def render(result: ScanResult, chosen: str, sources: Sources) -> str:
    """Return the findings in a report format; text and JSON include the counts.

    Without a scan there are no counts.
    """
    if chosen == "json":
        return scan_json.render(result, sources, datetime.datetime.now(datetime.UTC).date())
    if chosen == "sarif":
        return scan_sarif.render(result, sources)
    if chosen == "github":
        return scan_github.render(result, sources)
    text = report.render(result.findings, chosen, sources)
    if chosen == "text" and result.counts:
        return f"{text}\n{_table(result.counts)}"
    return text


def _table(counts: Mapping[str, Counts]) -> str:
    width = max(map(len, (COLUMNS[0], *counts)))
    rows = [COLUMNS, *((name, c.passed, c.failed, c.waived) for name, c in counts.items())]
    return "".join(f"{row[0]:<{width}}  {row[1]:>6}  {row[2]:>6}  {row[3]:>6}\n" for row in rows)
