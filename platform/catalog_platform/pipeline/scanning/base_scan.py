"""The scans of the base of a comparison: kept ones, and those that are made now."""

from __future__ import annotations

import datetime
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from catalog_platform.errors import FindingsError, PlatformError, ToolError
from catalog_platform.findings import Finding, Location, Severity
from catalog_platform.pipeline.planning.base_version import DETAIL, NOT_SYNTHESISED, Errors
from catalog_platform.pipeline.planning.side import Side
from catalog_platform.pipeline.scanning.scan_cache import KeptScan, ScanCache
from catalog_platform.policy.base_results import BaseScan

SKIP = "scan-skip"
NO_RESULT = "so every result counts as new"


class BaseScanner(Protocol):
    """Scans the base with its own code, wherever that runs."""

    def synthesise(self, names: tuple[str, ...]) -> Side:
        """Return the stacks of environments, with their assemblies."""
        ...

    def scan(self, names: tuple[str, ...], assembly: Path) -> str:
        """Return the scan of environments of one assembly as JSON.

        Raises `PlatformError`, `OSError` or `ValueError` when the scan fails.
        """
        ...


@dataclass(frozen=True, slots=True)
class BaseScans:
    """Scans of the base that are kept, and how to make others.

    `made` are stacks that were just synthesised for a plan, if there was one.
    """

    reference: str
    cache: ScanCache
    day: datetime.date
    scanner: BaseScanner
    made: Side | None = None

    def of(self, names: Sequence[str]) -> tuple[dict[str, KeptScan], Errors]:
        """Return the scans of environments that the base has, and why one has none.

        Scans in the cache are taken from there; new ones are added to it, unless the day has ended.
        """
        kept = {name: found for name in names if (found := self.cache.read(name)) is not None}
        rest = tuple(name for name in names if name not in kept)
        scans: dict[str, KeptScan] = {}
        reasons: Errors = {}
        for side in self._sides(rest):
            findings = {name: side.findings[name] for name in rest if name in side.findings}
            reasons |= {name: (_reason(name, errors),) for name, errors in findings.items()}
            for assembly, group in _groups(side, rest).items():
                made, failed = self._scanned(group, assembly, side.digests)
                scans |= made
                reasons |= failed
        if datetime.datetime.now(datetime.UTC).date() == self.day:
            for name, scan in scans.items():
                self.cache.write(name, scan)
        return kept | scans, reasons

    def _sides(self, names: tuple[str, ...]) -> Iterator[Side]:
        """Yield sides that have an assembly or a finding of each environment."""
        known: tuple[str, ...] = ()
        if self.made is not None:
            known = (*self.made.assemblies, *self.made.findings)
            yield self.made
        if rest := tuple(name for name in names if name not in known):
            yield self.scanner.synthesise(rest)

    def _scanned(
        self, names: tuple[str, ...], assembly: Path, digests: Mapping[str, str]
    ) -> tuple[dict[str, KeptScan], Errors]:
        """Scan environments together; after a failure, each of them alone."""
        try:
            text = self.scanner.scan(names, assembly)
            json.loads(text)
        except (PlatformError, OSError, ValueError) as error:
            if len(names) == 1:
                return {}, {names[0]: (not_scanned(names[0], self.reference, reason_of(error)),)}
        else:
            return {name: KeptScan(digests[name], text) for name in names}, {}
        made: dict[str, KeptScan] = {}
        failed: Errors = {}
        for name in names:
            one, wrong = self._scanned((name,), assembly, digests)
            made |= one
            failed |= wrong
        return made, failed


def reason_of(error: PlatformError | OSError | ValueError) -> str:
    """Return what a program printed last, or the message of another error."""
    if isinstance(error, ToolError) and error.tail:
        return error.tail
    if isinstance(error, FindingsError):
        return error.findings[0].message
    return error.message if isinstance(error, PlatformError) else str(error)


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


def _groups(side: Side, names: tuple[str, ...]) -> dict[Path, tuple[str, ...]]:
    """Return those of the environments that an assembly has, by assembly."""
    found: dict[Path, tuple[str, ...]] = {}
    for name in names:
        if (assembly := side.assemblies.get(name)) is not None:
            found[assembly] = (*found.get(assembly, ()), name)
    return found


def _reason(name: str, found: Sequence[Finding]) -> Finding:
    first = found[0]
    more = f" (and {len(found) - 1} more)" if len(found) > 1 else ""
    what = f"the base is invalid by its own code, {NO_RESULT}: {first.message}{more}"
    if first.rule == NOT_SYNTHESISED:
        what = f"{first.message}, {NO_RESULT}"
    return Finding(
        rule="base-not-scanned",
        message=what,
        hint="repair the base, or compare with another one: --base REF",
        location=first.location,
        environment=name,
        severity=Severity.WARNING,
    )
