"""Load the waivers of `policies/waivers.yaml`, and match violations with them.

All kinds have one format (`waiver_format`), one reader (`waiver_file`) and one matching function
(`matches`).
"""

from __future__ import annotations

import datetime
import functools
import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from pathlib import Path

from catalog_platform.findings import Finding, Location, Severity
from catalog_platform.policy import waiver_expiry, waiver_file
from catalog_platform.policy.waiver_format import FILE, Waiver, WaiverPart

ADD_A_WAIVER = f"fix the resource, or add a waiver to policies/{FILE}"
UNMATCHED = "waiver-unmatched"
UNNEEDED = "remove the waiver, or this part of it"


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
    (see `digests`), empty for kinds without one. `detail` is the violating property, if the rule
    can have several violations on a resource: the rule `ID[detail]` covers only this one.
    """

    kind: str
    rule: str
    environment: EnvironmentFacts
    resource: str
    digest: str = ""
    detail: str = ""

    @property
    def rules(self) -> tuple[str, ...]:
        """Return the forms of the rule by which a waiver can name the violation."""
        return (self.rule, f"{self.rule}[{self.detail}]") if self.detail else (self.rule,)


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
            and any(map(_pattern(part.rule, ".*").fullmatch, violation.rules))
            and _pattern(part.resource, "[^/]*").fullmatch(violation.resource)
        ):
            yield part


@functools.cache
def _pattern(glob: str, star: str) -> re.Pattern[str]:
    r"""Compile a glob: `*` matches what `star` matches; `\*` is a literal star."""
    parts = [part.replace(r"\*", "*") for part in re.split(r"(?<!\\)\*", glob)]
    return re.compile(star.join(map(re.escape, parts)), re.DOTALL)


class Waivers:
    """The waivers of one kind, on `today`; `findings` has the file's errors.

    Waivers that expire soon are findings too. Those that have expired are in `expired`; what they
    mean depends on the violations, so `report_expired` reports them after the last one.
    """

    def __init__(
        self, policies: Path, kind: str, today: datetime.date, known: Collection[EnvironmentFacts]
    ) -> None:
        """Load the file. A waiver that names an environment that is not in `known` is malformed.

        An environment whose tier is unknown can only be selected by its name.
        """
        self._file = waiver_file.path_of(policies)
        names = frozenset(each.name for each in known)
        self._selectable = frozenset(each.name for each in known if each.tier)
        every, self.findings = waiver_file.read(policies, names, today)
        own = [each for each in every if each.kind == kind]
        self._waivers = [each for each in own if each.expires >= today]
        self.expired = [each for each in own if each.expires < today]
        self._used: set[WaiverPart] = set()
        self._missed: dict[tuple[str, str], int] = {}
        self.findings += [
            finding
            for waiver in self._waivers
            for finding in waiver_expiry.soon(waiver, self._file, today)
        ]

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
        """Return a waiver that covers the violation except for its digest, or None.

        One that covers nothing else so far comes first: its values have probably changed.
        """
        found = [each for each in self._waivers if next(covering(each, violation), None)]
        return min(found, key=lambda each: not self._used.isdisjoint(each.parts), default=None)

    def expired_for(self, violation: Violation) -> Waiver | None:
        """Return the expired waiver that would cover a violation, or None.

        The waiver then concerns the environment of the violation, see `report_expired`.
        """
        for waiver in self.expired:
            if matches(waiver, violation):
                key = (waiver.id, violation.environment.name)
                self._missed[key] = self._missed.get(key, 0) + 1
                return waiver
        return None

    def report_expired(self, scanned: Collection[str]) -> None:
        """Report each expired waiver, in each scanned environment that it concerns.

        It concerns an environment that it names, or in which it would cover a violation that
        nothing else covers (`expired_for`): there it is an error. Without any, it is a warning.
        """
        for waiver in self.expired:
            named = waiver.selected if waiver.selector == "environments" else ()
            concerned = {
                name: self._missed.get((waiver.id, name), 0)
                for name in scanned
                if name in named or (waiver.id, name) in self._missed
            }
            self.findings += waiver_expiry.expired(waiver, self._file, concerned)

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
                        self._report(message, waiver.line, environment=part.value)
                elif complete:
                    self._report(message, waiver.line, Severity.NOTE)

    def _report(
        self,
        message: str,
        line: int,
        severity: Severity = Severity.ERROR,
        environment: str = "",
    ) -> None:
        self.findings.append(
            Finding(
                rule=UNMATCHED,
                message=message,
                location=Location(self._file, line),
                hint=UNNEEDED,
                environment=environment,
                severity=severity,
            )
        )
