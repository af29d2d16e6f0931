"""`catalogctl scan`: scan an assembly with the policies, and apply the waivers."""

from __future__ import annotations

import datetime
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from catalog_platform import report
from catalog_platform.errors import FindingsError, PlatformError
from catalog_platform.findings import Sources, has_errors
from catalog_platform.manifest import Manifests
from catalog_platform.pipeline import last_scan
from catalog_platform.pipeline.scan import scan_assembly
from catalog_platform.pipeline.target import check_assembly
from catalog_platform.policy.results import Counts, ScanResult
from catalog_platform.report import file, scan_json
from catalog_platform.terminal.progress import Progress
from catalog_platform.workspace import Workspace

COLUMNS = ("environment", "passed", "failed", "waived")


def run(
    workspace: Workspace,
    *,
    names: Sequence[str],
    assembly: Path | None,
    format: str,  # noqa: A002 - the option's name
    output: Path | None,
    sarif: Path | None,
) -> int:
    """Scan the environments (default: all) and report; return 1 when a finding is an error.

    Without an assembly, synthesise one first, and report findings that prevent it. The report
    goes to stdout, or to the file `output`; `sarif` names a file for a second report.
    Raises `PlatformError`.
    """
    names = workspace.select(names)
    if assembly is not None:
        check_assembly(assembly)
    for path in filter(None, (output, sarif)):
        file.check_writable(path)
    manifests = Manifests(workspace)
    try:
        result = _scan(workspace, manifests, names, assembly)
        _keep(workspace, result, manifests)
    except FindingsError as error:
        result = ScanResult(problems=tuple(error.findings))
    text = render(result, format, manifests)
    try:
        if sarif is not None:
            file.write(sarif, render(result, "sarif", manifests))
    finally:  # write the second report even if the first one cannot be written
        if output is None:
            print(text, end="")
        else:
            file.write(output, text)
    if result.counts and (format != "text" or output is not None):
        print(_table(result.counts), end="", file=sys.stderr)
    return int(has_errors(result.findings))


def _scan(
    workspace: Workspace, manifests: Manifests, names: Sequence[str], assembly: Path | None
) -> ScanResult:
    progress = Progress()
    if assembly is None:
        # Synthesis loads the CDK, which the scan of a given assembly does not need.
        from catalog_platform.pipeline.synth import build_assembly

        with progress.step("synthesise " + ", ".join(names)):
            assembly = build_assembly(
                workspace, manifests, names, workspace.build / "assemblies" / "scan", None, progress
            )
    with progress.step("scan " + ", ".join(names)):
        return scan_assembly(workspace, manifests, names, assembly)


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
    text = report.render(result.findings, chosen, sources)
    if chosen == "text" and result.counts:
        return f"{text}\n{_table(result.counts)}"
    return text


def _table(counts: Mapping[str, Counts]) -> str:
    width = max(map(len, (COLUMNS[0], *counts)))
    rows = [COLUMNS, *((name, c.passed, c.failed, c.waived) for name, c in counts.items())]
    return "".join(f"{row[0]:<{width}}  {row[1]:>6}  {row[2]:>6}  {row[3]:>6}\n" for row in rows)
