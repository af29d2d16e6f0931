"""The base of a comparison: a commit, synthesised and scanned with its own code and policies."""

from __future__ import annotations

import datetime
import json
from collections.abc import Sequence
from pathlib import Path

from catalog_platform.errors import ToolError
from catalog_platform.findings import Finding, Location, Severity
from catalog_platform.pipeline.planning.base_version import (
    DETAIL,
    BaseVersion,
    Errors,
    validation_errors,
)
from catalog_platform.pipeline.planning.side import read_stacks
from catalog_platform.pipeline.scanning.scan_cache import KeptScan, ScanCache
from catalog_platform.policy.base_results import BaseScan

SKIP = "scan-skip"
NO_RESULT = "so every result counts as new"


def scan_base(
    version: BaseVersion, names: Sequence[str], cache: ScanCache, day: datetime.date
) -> tuple[dict[str, KeptScan], Errors]:
    """Return the scans of environments that the base has, and why one has none.

    Scans in the cache are taken from there; new ones are added to it, unless `day` has ended.
    """
    kept = {name: found for name in names if (found := cache.read(name)) is not None}
    rest = tuple(name for name in names if name not in kept)
    invalid = validation_errors(version, rest)
    made, failed = _scans(version, tuple(name for name in rest if name not in invalid))
    if datetime.datetime.now(datetime.UTC).date() == day:
        for name, scan in made.items():
            cache.write(name, scan)
    reasons = {name: (_reason(name, found),) for name, found in invalid.items()}
    return kept | made, reasons | failed


def not_scanned(name: str, base: str, why: str) -> Finding:
    """Return the warning that nothing is known about an environment at the base."""
    return Finding(
        rule="base-not-scanned",
        message=f"{base} can't be scanned with its own code, {NO_RESULT}: {why.strip()[-DETAIL:]}",
        hint="repair the base, or compare with another one: --base REF",
        location=Location(f"environments/{name}.yaml"),
        environment=name,
        severity=Severity.WARNING,
    )


def incomplete(name: str, base: str, scan: BaseScan) -> tuple[Finding, ...]:
    """Return a warning if the base's own scan was incomplete: what it lacks may not be new."""
    found = sorted(
        message
        for rule, environment, _, message in scan.problems
        if rule.startswith("scan-") and rule != SKIP and environment in ("", name)
    )
    if not found:
        return ()
    message = f"the scan of {base} is incomplete, so a result may count as new that is not: "
    return (
        Finding(
            rule="base-scan-incomplete",
            message=message + found[0] + (f" (and {len(found) - 1} more)" if found[1:] else ""),
            hint="repair the base, or compare with another one: --base REF",
            location=Location(f"environments/{name}.yaml"),
            environment=name,
            severity=Severity.WARNING,
        ),
    )


def _reason(name: str, found: Sequence[Finding]) -> Finding:
    first = found[0]
    more = f" (and {len(found) - 1} more)" if len(found) > 1 else ""
    return Finding(
        rule="base-not-scanned",
        message=f"the base is invalid by its own code, {NO_RESULT}: {first.message}{more}",
        hint="repair the base, or compare with another one: --base REF",
        location=first.location,
        environment=name,
        severity=Severity.WARNING,
    )


def _scans(version: BaseVersion, names: tuple[str, ...]) -> tuple[dict[str, KeptScan], Errors]:
    """Synthesise and scan environments together; after a failure, each of them alone."""
    if not names:
        return {}, {}
    try:
        return _scan(version, names), {}
    except (ToolError, OSError, ValueError, KeyError) as error:
        tail = error.tail if isinstance(error, ToolError) else str(error)
        if len(names) == 1:
            return {}, {names[0]: (not_scanned(names[0], version.base.reference, tail),)}
    made: dict[str, KeptScan] = {}
    failed: Errors = {}
    for name in names:
        one, wrong = _scans(version, (name,))
        made |= one
        failed |= wrong
    return made, failed


def _scan(version: BaseVersion, names: tuple[str, ...]) -> dict[str, KeptScan]:
    """Raise `ToolError`, `OSError`, `ValueError` or `KeyError` when the base has no result."""
    out = version.scratch / f"base-{len(names)}-{names[0]}"
    report = out.with_suffix(".json")
    version.run("synth", *names, "--out", str(out), on_line=version.show)
    _, digests = read_stacks(out, names)
    _run_scan(version, names, out, report)
    text = report.read_text(encoding="utf-8")
    json.loads(text)
    return {name: KeptScan(digests[name], text) for name in names}


def _run_scan(version: BaseVersion, names: tuple[str, ...], assembly: Path, report: Path) -> None:
    arguments = ("--assembly", str(assembly), "--format", "json", "--output", str(report))
    try:
        version.run("scan", *names, *arguments, on_line=version.show)
    except ToolError as error:
        # 1 is the exit code of a scan with findings, which are in the report.
        if error.returncode != 1 or not report.exists():
            raise
