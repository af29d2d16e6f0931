"""Results of policies, after waivers and severities are applied."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from catalog_platform.findings import Finding, Location, Severity
from catalog_platform.policy.severity import PolicySeverity
from catalog_platform.policy.verdicts import PolicyOutcome
from catalog_platform.policy.waiver_format import Waiver

Status = Literal["", "new", "unchanged"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Cause:
    """An edit of a manifest, or of the code, that led to a result; see `plan.model.Because`."""

    kind: Literal["key", "code"]
    location: Location
    key: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicyResult:
    """A policy that failed, or was skipped, on a resource; `waiver` covers it, if not None.

    `resource` is the construct path below the stack. `detail` tells several results of one policy
    on one resource apart: the path of a property, or empty. `paths` are the violating properties,
    `digest` that of their values. `key` is the manifest key that decides them, if one does, and
    `location` its line, otherwise the line of the section. `fixing_keys` are those whose edit fixes
    a violation of the policy, whatever the resource. `source` is where the code makes the
    construct. `status` compares with the base; it is empty without one.
    """

    environment: str
    policy: str
    message: str
    severity: PolicySeverity
    threshold: PolicySeverity
    outcome: PolicyOutcome
    resource: str
    location: Location
    logical_id: str = ""
    type: str = ""
    section: str = ""
    detail: str = ""
    paths: tuple[str, ...] = ()
    digest: str = ""
    hint: str = ""
    waiver: Waiver | None = None
    key: str = ""
    fixing_keys: tuple[str, ...] = ()
    source: Location | None = None
    causes: tuple[Cause, ...] = ()
    status: Status = ""

    @property
    def identity(self) -> tuple[str, str, str, str]:
        """Return what makes it the same result in another version of the repository."""
        return (self.environment, self.policy, self.resource, self.detail)

    @property
    def finding(self) -> Finding | None:
        """Return the finding; None if it is waived.

        It is an error if its severity reaches the threshold of the tier, unless the base has the
        same result. A skip is always an error.
        """
        if self.waiver is not None:
            return None
        is_skip = self.outcome is PolicyOutcome.SKIPPED
        reaches = is_skip or self.severity.reaches(self.threshold)
        severity = Severity.ERROR if reaches else Severity.WARNING
        if self.status == "unchanged" and not is_skip:
            severity = Severity.NOTE
        return Finding(
            rule="scan-skip" if is_skip else self.policy,
            message=self.message,
            hint=self.hint,
            severity=severity,
            path=self.resource,
            environment=self.environment,
            location=self.location,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckCount:
    """On how many resources of a manifest section a policy passed, failed or is waived."""

    environment: str
    section: str
    policy: str
    severity: PolicySeverity
    passed: int = 0
    failed: int = 0
    waived: int = 0


@dataclass(frozen=True, slots=True)
class Counts:
    """Numbers of passed policies, of findings, and of waived failures."""

    passed: int = 0
    failed: int = 0
    waived: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class ScannedEnvironment:
    """An environment with the facts of its manifest; tier and target are empty if unknown.

    A failing policy is an error from `threshold` on. `template` is the name of the template's file
    in the assembly, empty if it could not be read.
    """

    name: str
    tier: str = ""
    target: str = ""
    threshold: PolicySeverity = PolicySeverity.INFO
    template: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ScanBase:
    """The version with which a scan is compared: a reference of Git, and its commit.

    `policies` is whether its policies count, instead of those of the working tree.
    """

    reference: str
    commit: str
    policies: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ScanResult:
    """The result of a scan of `environments`, in the order of the request.

    `problems` are the findings that belong to no result: an incomplete scan, errors in the files
    of waivers and severities, and findings of manifests that prevented the scan. `fixed` are the
    results of the base that are gone.
    """

    environments: tuple[ScannedEnvironment, ...] = ()
    results: tuple[PolicyResult, ...] = ()
    checks: tuple[CheckCount, ...] = ()
    problems: tuple[Finding, ...] = ()
    base: ScanBase | None = None
    fixed: tuple[PolicyResult, ...] = ()
    known_policies: frozenset[str] = frozenset()

    @property
    def findings(self) -> tuple[Finding, ...]:
        """Return the problems, and the findings of the results, by location."""
        found = [each.finding for each in self.results]
        every = [*self.problems, *(each for each in found if each is not None)]
        return tuple(sorted(every, key=lambda each: (each.sort_key, each.environment, each.path)))

    def passed(self, *, each: bool = False) -> tuple[str, ...]:
        """Return the environments if no finding is an error; with `each`, those without an error.

        An error without an environment concerns all of them.
        """
        wrong = {one.environment for one in self.findings if one.severity is Severity.ERROR}
        if "" in wrong or (wrong and not each):
            return ()
        return tuple(one.name for one in self.environments if one.name not in wrong)

    @property
    def counts(self) -> dict[str, Counts]:
        """Return the numbers of each environment; its problems count as failed."""
        return {each.name: self._counts(each.name) for each in self.environments}

    def _counts(self, name: str) -> Counts:
        checks = [each for each in self.checks if each.environment == name]
        problems = sum(each.environment == name for each in self.problems)
        return Counts(
            passed=sum(each.passed for each in checks),
            failed=sum(each.failed for each in checks) + problems,
            waived=sum(each.waived for each in checks),
        )
