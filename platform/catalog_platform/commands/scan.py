"""`catalogctl scan`: what the policies say about an assembly, after the ledger of waivers."""

from __future__ import annotations

import functools
import json
import os
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from catalog_platform import manifest as manifests
from catalog_platform import report
from catalog_platform.errors import PlatformError, UsageError
from catalog_platform.findings import Location, failed
from catalog_platform.policy import gate
from catalog_platform.policy.verdicts import Counts, ScanResult
from catalog_platform.release import clearance
from catalog_platform.report.progress import Progress
from catalog_platform.workspace import Workspace

COLUMNS = ("environment", "passed", "failed", "waived")


def run(
    workspace: Workspace,
    *,
    names: Sequence[str],
    assembly: Path | None,
    format: str,  # noqa: A002 - the option's name
    output: Path | None,
) -> int:
    """Scan the environments (all by default) and report; 1 when a finding is an error.

    Without an assembly, one is synthesised first. The report goes to stdout, or to `output`,
    whole or not at all. Raises `PlatformError`, `FindingsError`.
    """
    names = workspace.select(names)
    if assembly is not None and not assembly.is_dir():
        raise UsageError(
            f"--assembly {assembly}: no such folder", hint="catalogctl synth --out DIR"
        )
    progress = Progress()
    if assembly is None:
        # Synthesis loads the CDK; the scan of a given assembly needs none of it.
        from catalog_platform.commands.synth import build_assembly

        with progress.step("synthesise " + ", ".join(names)):
            assembly = build_assembly(
                workspace, names, workspace.build / "assemblies" / "scan", None, progress
            )
    with progress.step("scan " + ", ".join(names)):
        result = scan_assembly(workspace, names, assembly)
    text = render(result, format)
    if output is None:
        print(text, end="")
    else:
        _write(output, text)
    if format != "text" or output is not None:
        print(_table(result.counts), end="", file=sys.stderr)
    return int(failed(result.findings))


def scan_assembly(workspace: Workspace, names: Sequence[str], assembly: Path) -> ScanResult:
    """Scan the stacks of the environments; a clean assembly is cleared for deployment.

    One with errors loses the clearance it may have had. Raises `FindingsError` when a manifest
    cannot be read, since findings are placed in it.
    """
    resolve = functools.cache(functools.partial(manifests.resolve, workspace))

    def locate(environment: str, section: str) -> Location:
        return resolve(environment).locate(section or "environment")

    for name in names:
        resolve(name)
    result = gate.scan(
        assembly, names, workspace.policies, locate, known=workspace.environment_names()
    )
    if failed(result.findings):
        (assembly / clearance.RECORD).unlink(missing_ok=True)
    else:
        clearance.grant(assembly, names)
    return result


def render(result: ScanResult, chosen: str) -> str:
    """The findings in one of the report formats; text and JSON have the counts as well."""
    text = report.render(result.findings, chosen)
    if chosen == "text":
        return f"{text}\n{_table(result.counts)}"
    if chosen == "json":
        counts = {
            name: {"passed": each.passed, "failed": each.failed, "waived": each.waived}
            for name, each in result.counts.items()
        }
        return json.dumps(json.loads(text) | {"environments": counts}, indent=2) + "\n"
    return text


def _table(counts: Mapping[str, Counts]) -> str:
    width = max(map(len, (COLUMNS[0], *counts)))
    rows = [COLUMNS, *((name, c.passed, c.failed, c.waived) for name, c in counts.items())]
    return "".join(f"{row[0]:<{width}}  {row[1]:>6}  {row[2]:>6}  {row[3]:>6}\n" for row in rows)


def _write(output: Path, text: str) -> None:
    unfinished = output.with_name(f".{output.name}.{os.getpid()}")
    try:
        unfinished.write_text(text, encoding="utf-8")
        unfinished.replace(output)
    except OSError as error:
        unfinished.unlink(missing_ok=True)
        raise PlatformError(
            f"{output}: cannot be written: {error.strerror or error}",
            hint="name a file in a folder that exists and has room",
        ) from error
