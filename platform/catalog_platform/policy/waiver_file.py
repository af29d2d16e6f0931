"""Read `policies/waivers.yaml`: the entries of all kinds, and the errors of the file."""

from __future__ import annotations

import datetime
from collections.abc import Collection, Iterator
from pathlib import Path
from typing import Any

from catalog_platform import yaml_loader
from catalog_platform.findings import Finding, Location
from catalog_platform.policy.severities import Severities
from catalog_platform.policy.waiver_format import FILE, Waiver, entry_errors, parse_entry
from catalog_platform.policy.waiver_horizon import Listed

MALFORMED = "waiver-malformed"
ENTRY_HINT = "policies/README.md describes the keys of a waiver"


def path_of(policies: Path) -> str:
    """Return the path of the file in findings."""
    return f"{policies.name}/{FILE}"


def read(
    policies: Path, environments: Collection[str], today: datetime.date
) -> tuple[list[Waiver], list[Finding]]:
    """Return the well-formed waivers, expired ones included, and the errors of the others.

    `environments` are the names that exist. A missing file has no waivers.
    """
    reader = _Reader(policies)
    listed = severities(policies)
    waivers: list[Waiver] = []
    seen: dict[str, int] = {}
    for entry, line in reader.entries():
        waiver = reader.checked(entry, line, environments, today, listed)
        if waiver is None:
            continue
        if waiver.id in seen:
            reader.report(f"the id {waiver.id} is already on line {seen[waiver.id]}", waiver.line)
            continue
        seen[waiver.id] = waiver.line
        waivers.append(waiver)
    return waivers, reader.findings


def severities(policies: Path) -> Listed:
    """Return the listed severities of policies."""
    return {name: each.severity for name, each in Severities(policies).policies.items()}


class _Reader:
    def __init__(self, policies: Path) -> None:
        self.findings: list[Finding] = []
        self._file = policies / FILE
        self._shown = path_of(policies)

    def entries(self) -> Iterator[tuple[Any, int]]:
        """Yield each entry of the list with its line. A malformed file becomes a finding."""
        if not self._file.exists():
            return
        try:
            content = yaml_loader.load(self._file, dates=True)
        except yaml_loader.YamlError as error:
            self.report(error.message, error.line)
            return
        waivers = content.get("waivers") if isinstance(content, dict) else None
        if not isinstance(waivers, list) or set(content) != {"waivers"}:
            hint = "the file must have one key, `waivers`, with a list"
            self.report("has no list of waivers", 1, hint)
            return
        for entry in waivers:
            yield entry, getattr(entry, "line", 1)

    def checked(
        self,
        entry: Any,
        line: int,
        environments: Collection[str],
        today: datetime.date,
        listed: Listed,
    ) -> Waiver | None:
        """Return an entry as a waiver; None if it has errors, which become findings."""
        wrong = (
            entry_errors(entry, environments, today, listed)
            if isinstance(entry, dict)
            else [f"{entry!r} is not a waiver"]
        )
        for error in wrong:
            self.report(error, line, ENTRY_HINT)
        return None if wrong else parse_entry(entry, line)

    def report(self, message: str, line: int, hint: str = "") -> None:
        """Add a finding at a line of the file."""
        location = Location(self._shown, line)
        self.findings.append(Finding(rule=MALFORMED, message=message, location=location, hint=hint))
