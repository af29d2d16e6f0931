"""Waivers of every kind, from `policies/waivers.yaml`: what is tolerated, why, until when, by whom.

There is one format (`waiver_format`), one loader (`Waivers`) and one function that decides whether
a waiver covers a violation (`matches`).
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
from catalog_platform.policy.waiver_format import FILE, Part, Waiver, faults, parsed

ADD_A_WAIVER = f"fix the resource, or add a waiver to policies/{FILE}"
UNNEEDED = "remove the waiver, or this part of it"


@dataclass(frozen=True, slots=True)
class EnvironmentFacts:
    """What a scope can select an environment by; tier and target are empty where unknown."""

    name: str
    tier: str = ""
    target: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Violation:
    """Something that a waiver may cover.

    `resource` is a construct path below the stack. `digest` is over the violating values only, see
    `digests`; it is empty where nothing computes one.
    """

    kind: str
    rule: str
    environment: EnvironmentFacts
    resource: str
    digest: str = ""


def matches(waiver: Waiver, violation: Violation) -> bool:
    """Whether a waiver covers a violation."""
    return next(covering(waiver, violation), None) is not None and (
        waiver.digest in ("", violation.digest)
    )


def covering(waiver: Waiver, violation: Violation) -> Iterator[Part]:
    """The parts of a waiver that cover a violation, whatever its digest."""
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
    r"""`*` is any text that `star` matches; `\*` and every other character is itself."""
    parts = [part.replace(r"\*", "*") for part in re.split(r"(?<!\\)\*", glob)]
    return re.compile(star.join(map(re.escape, parts)), re.DOTALL)


class Waivers:
    """The waivers of one kind that hold on `today`; `findings` says what is wrong with the file."""

    def __init__(
        self, policies: Path, kind: str, today: datetime.date, known: Collection[EnvironmentFacts]
    ) -> None:
        """`known` are the environments that exist; a waiver for any other is malformed.

        Those without a tier can be named, and are selected by nothing else.
        """
        self.findings: list[Finding] = []
        self._file = f"{policies.name}/{FILE}"
        self._kind = kind
        self._waivers: list[Waiver] = []
        self._used: set[Part] = set()
        self._known = frozenset(each.name for each in known)
        self._selectable = frozenset(each.name for each in known if each.tier)
        seen: dict[str, int] = {}
        for entry, line in self._entries(policies / FILE):
            waiver = self._checked(entry, line, today)
            if waiver is None:
                continue
            if waiver.id in seen:
                first = f"the id {waiver.id} is already on line {seen[waiver.id]}"
                self._refuse("waiver-malformed", first, waiver.line)
                continue
            seen[waiver.id] = waiver.line
            if waiver.kind == kind and self._holds(waiver, today):
                self._waivers.append(waiver)

    def __iter__(self) -> Iterator[Waiver]:
        """The waivers that hold, in the order of the file."""
        return iter(self._waivers)

    def waives(self, violation: Violation) -> bool:
        """Whether a violation is tolerated. The first waiver that covers it counts as used."""
        for waiver in self._waivers:
            if matches(waiver, violation):
                self._used.update(covering(waiver, violation))
                return True
        return False

    def of_other_values(self, violation: Violation) -> Waiver | None:
        """The waiver that covers a violation but for its digest, if there is one."""
        return next(
            (waiver for waiver in self._waivers if next(covering(waiver, violation), None)), None
        )

    def refuse_unmatched(self, scanned: Collection[str]) -> None:
        """Report each part of a waiver that no violation needed.

        A waiver that names environments must be needed in each of those that were scanned; that is
        an error. One for a tier, a target or all must be needed in some environment: when all that
        exist were scanned, that is a note, because another value in a manifest may need it again.
        """
        complete = self._selectable <= set(scanned)
        for waiver in self._waivers:
            for part in waiver.parts:
                if part in self._used:
                    continue
                message = f"{part.rule} does not fail for {part.resource} in {part.scope}"
                if part.selector == "environments":
                    if part.value in scanned:
                        self._refuse("waiver-unmatched", message, waiver.line, UNNEEDED)
                elif complete:
                    self._refuse("waiver-unmatched", message, waiver.line, UNNEEDED, Severity.NOTE)

    def _entries(self, file: Path) -> Iterator[tuple[Any, int]]:
        """Each entry of the list with its line; what is no such list becomes a finding."""
        if not file.exists():
            return
        try:
            content = yaml_loader.load(file, dates=True)
        except yaml_loader.YamlError as error:
            self._refuse("waiver-malformed", error.message, error.line)
            return
        waivers = content.get("waivers") if isinstance(content, dict) else None
        if not isinstance(waivers, list) or set(content) != {"waivers"}:
            hint = "the file holds one key, `waivers`, with a list"
            self._refuse("waiver-malformed", "no list of waivers", 1, hint)
            return
        for entry in waivers:
            yield entry, getattr(entry, "line", 1)

    def _checked(self, entry: Any, line: int, today: datetime.date) -> Waiver | None:
        wrong = (
            faults(entry, self._known, today)
            if isinstance(entry, dict)
            else [f"{entry!r} is not a waiver"]
        )
        for fault in wrong:
            hint = "policies/README.md describes the keys of a waiver"
            self._refuse("waiver-malformed", fault, line, hint)
        return None if wrong else parsed(entry, line)

    def _holds(self, waiver: Waiver, today: datetime.date) -> bool:
        if waiver.expires >= today:
            return True
        self._refuse(
            "waiver-expired",
            f"the waiver {waiver.id} expired on {waiver.expires}",
            waiver.line,
            f"fix the resource, or have {waiver.owner} review the reason and set a new date",
        )
        return False

    def _refuse(
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
