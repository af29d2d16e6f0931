"""`catalogctl scan`: scan an assembly with the policies, and apply the waivers."""

from __future__ import annotations

import datetime
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from catalog_platform.errors import FindingsError
from catalog_platform.findings import has_errors
from catalog_platform.manifest import Manifests
from catalog_platform.pipeline.scan import scan_assembly
from catalog_platform.pipeline.scan_context import recorded, scan_context
from catalog_platform.pipeline.target import check_assembly
from catalog_platform.policy.results import ScanResult
from catalog_platform.report import file, scan_counts
from catalog_platform.report.scan import FILES, render
from catalog_platform.terminal.progress import Progress
from catalog_platform.workspace import Workspace


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
) -> int:
    """Scan the environments (default: all) and report; return 1 when a finding is an error.

    Without an assembly, synthesise one first, and report findings that prevent it. The report
    goes to stdout, or to the file `output`. `sarif` names a file for a second report, `out` a
    folder for one in each format. The scan is appended to the file `history`. `time` is that of
    the scan in the reports (default: now). Raises `PlatformError`.
    """
    names = workspace.select(names)
    if assembly is not None:
        check_assembly(assembly)
    for path in filter(None, (output, sarif, history)):
        file.check_writable(path)
    if out is not None:
        file.check_folder(out)
    manifests = Manifests(workspace)
    try:
        result = _scan(workspace, manifests, names, assembly)
    except FindingsError as error:
        result = ScanResult(problems=tuple(error.findings))
    context = scan_context(workspace, time or datetime.datetime.now(datetime.UTC))
    result = replace(result, problems=(*result.problems, *context.problems))
    if history is not None and result.environments:
        result, context = recorded(result, context, history, workspace.root)
    files = {sarif: "sarif"} if sarif is not None else {}
    files |= {out / name: each for name, each in FILES.items()} if out is not None else {}
    text = render(result, format, manifests, context)
    try:
        for path, each in files.items():
            file.write(path, render(result, each, manifests, context))
    finally:  # write the report even if the other ones cannot be written
        if output is None:
            print(text, end="")
        else:
            file.write(output, text)
    if result.environments and (format != "text" or output is not None):
        print(scan_counts.table(result), end="", file=sys.stderr)
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
