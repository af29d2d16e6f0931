"""Load the waivers of `policies/waivers.yaml`, and match violations with them.

All kinds have one format (`waiver_format`), one loader (`Waivers`) and one matching function
(`matches`).
"""

from __future__ import annotations

import datetime
import functools
import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from catalog_platform import yaml_loader
from catalog_platform.findings import Finding, Location, Severity
from catalog_platform.plural import plural
from catalog_platform.policy.waiver_format import (
    FILE,
    Waiver,
    WaiverPart,
    entry_errors,
    parse_entry,
)

ADD_A_WAIVER = f"fix the resource, or add a waiver to policies/{FILE}"
UNNEEDED = "remove the waiver, or this part of it"
# A waiver is announced this many days before its last day, so that its owner can review it in time.
NOTICE_DAYS = 30


@dataclass(frozen=True, slots=True)
class EnvironmentFacts:
    """The facts by which a scope selects an environment; empty where unknown."""

    name: str
    tier: str = ""
    target: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Violation:
    """A violation that a waiver can cover.

    `resource` is a construct path below the stack. `digest` is the digest of the violating values
    (see `digests`), empty for kinds without one.
    """

    kind: str
    rule: str
    environment: EnvironmentFacts
    resource: str
    digest: str = ""


def matches(waiver: Waiver, violation: Violation) -> bool:
    """Return whether a waiver covers a violation."""
    return next(covering(waiver, violation), None) is not None and (
        waiver.digest in ("", violation.digest)
    )


def covering(waiver: Waiver, violation: Violation) -> Iterator[WaiverPart]:
    """Yield the parts of a waiver that cover a violation, regardless of its digest."""
    if waiver.kind != violation.kind:
        return
    environment = violation.environment
    own = {
        "environments": environment.name,
        "tiers": environment.tier,
        "targets": environment.target,
    }
    for part in waiver.parts:
        if (
            part.value in ("", own.get(part.selector))
            and _pattern(part.rule, ".*").fullmatch(violation.rule)
            and _pattern(part.resource, "[^/]*").fullmatch(violation.resource)
        ):
            yield part


@functools.cache
def _pattern(glob: str, star: str) -> re.Pattern[str]:
    r"""Compile a glob: `*` matches what `star` matches; `\*` is a literal star."""
    parts = [part.replace(r"\*", "*") for part in re.split(r"(?<!\\)\*", glob)]
    return re.compile(star.join(map(re.escape, parts)), re.DOTALL)


class Waivers:
    """The waivers of one kind that are valid on `today`; `findings` has the file's errors."""

    def __init__(
        self, policies: Path, kind: str, today: datetime.date, known: Collection[EnvironmentFacts]
    ) -> None:
        """Load the file. A waiver that names an environment that is not in `known` is malformed.

        An environment whose tier is unknown can only be selected by its name.
        """
        self.findings: list[Finding] = []
        self._file = f"{policies.name}/{FILE}"
        self._waivers: list[Waiver] = []
        self._used: set[WaiverPart] = set()
        self._known = frozenset(each.name for each in known)
        self._selectable = frozenset(each.name for each in known if each.tier)
        seen: dict[str, int] = {}
        for entry, line in self._entries(policies / FILE):
            waiver = self._checked(entry, line, today)
            if waiver is None:
                continue
            if waiver.id in seen:
                first = f"the id {waiver.id} is already on line {seen[waiver.id]}"
                self._report("waiver-malformed", first, waiver.line)
                continue
            seen[waiver.id] = waiver.line
            if waiver.kind == kind and self._is_valid(waiver, today):
                self._waivers.append(waiver)

    def __iter__(self) -> Iterator[Waiver]:
        """Iterate over the valid waivers in the order of the file."""
        return iter(self._waivers)

    def waives(self, violation: Violation) -> bool:
        """Return whether a violation is waived. Mark the first waiver that covers it as used."""
        return self.waiver_for(violation) is not None

    def waiver_for(self, violation: Violation) -> Waiver | None:
        """Return the first waiver that covers a violation, and mark it as used; or None."""
        for waiver in self._waivers:
            if matches(waiver, violation):
                self._used.update(covering(waiver, violation))
                return waiver
        return None

    def covering_other_values(self, violation: Violation) -> Waiver | None:
        """Return a waiver that covers the violation except for its digest, or None."""
        return next(
            (waiver for waiver in self._waivers if next(covering(waiver, violation), None)), None
        )

    def report_unmatched(self, scanned: Collection[str]) -> None:
        """Report each part of a waiver that covered no violation.

        For a waiver that names environments, an unneeded part is an error when its environment was
        scanned. For a waiver for a tier, a target or all, it is a note when all environments were
        scanned, because an edit of a manifest may need it again.
        """
        complete = self._selectable <= set(scanned)
        for waiver in self._waivers:
            for part in waiver.parts:
                if part in self._used:
                    continue
                message = f"{part.rule} does not fail for {part.resource} in {part.scope}"
                if part.selector == "environments":
                    if part.value in scanned:
                        self._report("waiver-unmatched", message, waiver.line, UNNEEDED)
                elif complete:
                    self._report("waiver-unmatched", message, waiver.line, UNNEEDED, Severity.NOTE)

    def _entries(self, file: Path) -> Iterator[tuple[Any, int]]:
        """Yield each entry of the list with its line. A malformed file becomes a finding."""
        if not file.exists():
            return
        try:
            content = yaml_loader.load(file, dates=True)
        except yaml_loader.YamlError as error:
            self._report("waiver-malformed", error.message, error.line)
            return
        waivers = content.get("waivers") if isinstance(content, dict) else None
        if not isinstance(waivers, list) or set(content) != {"waivers"}:
            hint = "the file must have one key, `waivers`, with a list"
            self._report("waiver-malformed", "has no list of waivers", 1, hint)
            return
        for entry in waivers:
            yield entry, getattr(entry, "line", 1)

    def _checked(self, entry: Any, line: int, today: datetime.date) -> Waiver | None:
        wrong = (
            entry_errors(entry, self._known, today)
            if isinstance(entry, dict)
            else [f"{entry!r} is not a waiver"]
        )
        for fault in wrong:
            hint = "policies/README.md describes the keys of a waiver"
            self._report("waiver-malformed", fault, line, hint)
        return None if wrong else parse_entry(entry, line)

    def _is_valid(self, waiver: Waiver, today: datetime.date) -> bool:
        hint = f"fix the resource, or ask {waiver.owner} to review the reason and set a new date"
        if waiver.expires < today:
            message = f"the waiver {waiver.id} expired on {waiver.expires}"
            self._report("waiver-expired", message, waiver.line, hint)
            return False
        days = (waiver.expires - today).days
        if days <= NOTICE_DAYS:
            left = f"in {plural(days, 'day')}" if days else "today"
            message = f"the waiver {waiver.id} expires on {waiver.expires}, {left}"
            self._report("waiver-expires-soon", message, waiver.line, hint, Severity.WARNING)
        return True

    def _report(
        self,
        rule: str,
        message: str,
        line: int,
        hint: str = "",
        severity: Severity = Severity.ERROR,
    ) -> None:
        self.findings.append(
            Finding(
                rule=rule,
                message=message,
                location=Location(self._file, line),
                hint=hint,
                severity=severity,
            )
        )
