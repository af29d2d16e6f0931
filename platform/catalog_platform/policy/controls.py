"""Load which controls of compliance frameworks each policy gives evidence for.

`controls.tsv` maps policies to controls, `control_titles.tsv` says in our own words what a control
requires. Both are tab-separated; the first line names the columns.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from catalog_platform.errors import FindingsError
from catalog_platform.findings import Finding, Location

FRAMEWORKS = {
    "cis": "CIS AWS Foundations Benchmark v7.0.0",
    "nist": "NIST SP 800-53 Rev. 5",
    "pci": "PCI DSS v4.0.1",
    "fsbp": "AWS Foundational Security Best Practices",
}
MAPPING = "controls.tsv"
TITLES = "control_titles.tsv"
COLUMNS = {
    MAPPING: ("check", "framework", "controls", "source"),
    TITLES: ("framework", "control", "title"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Control:
    """A control of a framework, and the ids of the policies that give evidence for it."""

    framework: str
    id: str
    title: str
    checks: tuple[str, ...]


def controls(policies: Path) -> tuple[Control, ...]:
    """Return the controls by framework and id. Raises `FindingsError` with all errors."""
    loader = _Loader(policies)
    found = loader.load()
    if loader.findings:
        raise FindingsError(loader.findings)
    return found


class _Loader:
    def __init__(self, policies: Path) -> None:
        self._policies = policies
        self.findings: list[Finding] = []

    def load(self) -> tuple[Control, ...]:
        titles = self._titles()
        checks: dict[tuple[str, str], list[str]] = {}
        lines: dict[tuple[str, str], int] = {}
        for line, (check, framework, listed, _) in self._rows(MAPPING):
            for control in re.split(r", *", listed):
                key = (framework, control)
                if check in checks.setdefault(key, []):
                    self._report(MAPPING, line, f"{check} is already mapped to {control}")
                checks[key].append(check)
                lines.setdefault(key, line)
        for key in checks.keys() - titles.keys():
            message = f"the control {key[1]} of {key[0]} has no title in {TITLES}"
            self._report(MAPPING, lines[key], message)
        for key in titles.keys() - checks.keys():
            message = f"no policy is mapped to the control {key[1]} of {key[0]}"
            self._report(TITLES, titles[key][0], message)
        return tuple(
            Control(
                framework=FRAMEWORKS[key[0]],
                id=key[1],
                title=titles[key][1],
                checks=tuple(sorted(checks[key], key=_natural)),
            )
            for key in sorted(checks.keys() & titles.keys(), key=_order)
        )

    def _titles(self) -> dict[tuple[str, str], tuple[int, str]]:
        titles: dict[tuple[str, str], tuple[int, str]] = {}
        for line, (framework, control, title) in self._rows(TITLES):
            if (framework, control) in titles:
                self._report(TITLES, line, f"{control} already has a title")
            titles[framework, control] = (line, title)
        return titles

    def _rows(self, file: str) -> Iterator[tuple[int, list[str]]]:
        """Yield the valid rows of a file with their lines, and report the others."""
        columns = COLUMNS[file]
        try:
            text = (self._policies / file).read_text("utf-8")
        except OSError as error:
            self._report(file, 1, f"cannot be read: {error.strerror}")
            return
        except UnicodeDecodeError as error:
            self._report(file, 1, f"cannot be read: {error}")
            return
        lines = text.splitlines()
        if lines[:1] != ["\t".join(columns)]:
            self._report(file, 1, f"must have the columns {', '.join(columns)}")
            return
        for line, row in enumerate(lines[1:], start=2):
            cells = row.split("\t")
            if len(cells) != len(columns) or not all(cell.strip() for cell in cells):
                self._report(file, line, f"must have {len(columns)} cells: {', '.join(columns)}")
            elif (name := cells[columns.index("framework")]) not in FRAMEWORKS:
                valid = ", ".join(FRAMEWORKS)
                self._report(file, line, f"{name!r} is not a framework; use one of: {valid}")
            else:
                yield line, cells

    def _report(self, file: str, line: int, message: str) -> None:
        location = Location(f"{self._policies.name}/{file}", line)
        self.findings.append(Finding(rule="controls-malformed", message=message, location=location))


def _order(key: tuple[str, str]) -> tuple[object, ...]:
    return (list(FRAMEWORKS).index(key[0]), _natural(key[1]))


def _natural(text: str) -> list[tuple[int, str]]:
    """Return a sort key by which `AC-2` comes before `AC-17`."""
    return [
        (int(part), "") if part.isdigit() else (-1, part) for part in re.findall(r"\d+|\D+", text)
    ]
