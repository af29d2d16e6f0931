"""Read the JSON of the base's scan, which its own version of this program wrote.

Two forms exist: `scan_model.Scan`, and before it `{"findings": […], "environments": {…}}`, whose
findings have no digest and no property. Only what a comparison needs is read, so that a version
with more or fewer keys can be compared too.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import msgspec

from catalog_platform.findings import Finding, Location
from catalog_platform.policy.results import PolicyResult, ScanResult
from catalog_platform.policy.severity import PolicySeverity
from catalog_platform.policy.verdicts import PolicyOutcome

ProblemKey = tuple[str, str, str, str]


class _Finding(msgspec.Struct, kw_only=True):
    rule: str
    severity: str
    message: str
    file: str
    path: str = ""
    environment: str = ""
    line: int = 1
    column: int = 1


class _Result(msgspec.Struct, kw_only=True):
    environment: str
    policy: str
    message: str
    severity: PolicySeverity
    outcome: PolicyOutcome
    blocking: bool
    resource: str
    file: str
    digest: str
    detail: str = ""
    section: str = ""
    type: str = ""
    logical_id: str = ""
    line: int = 1
    column: int = 1
    waiver: dict[str, Any] | None = None


class _Policy(msgspec.Struct, kw_only=True):
    environment: str
    policy: str


class _Environment(msgspec.Struct, kw_only=True):
    environment: str


class _Scan(msgspec.Struct, kw_only=True):
    environments: list[_Environment]
    results: list[_Result]
    checks: list[_Policy]
    findings: list[_Finding]


class _EarlierScan(msgspec.Struct, kw_only=True):
    environments: dict[str, Any]
    findings: list[_Finding]


@dataclass(frozen=True, slots=True, kw_only=True)
class BaseResult:
    """A result of the base. It blocked a deployment unless it was waived or below the threshold.

    Without `is_exact`, property and digest are unknown.
    """

    result: PolicyResult
    waived: bool
    blocking: bool
    is_exact: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class BaseScan:
    """The base's scan of an environment, under the name that the environment has now.

    `policies` are those that ran. `problems` identify the findings that belong to no result.
    Without `has_waived`, waived results are unknown.
    """

    results: tuple[BaseResult, ...]
    has_waived: bool = True
    problems: frozenset[ProblemKey] = frozenset()
    policies: frozenset[str] = frozenset()


def problem_key(finding: Finding) -> ProblemKey:
    """Return what makes a problem the same in another version."""
    return (finding.rule, finding.environment, finding.path, finding.message)


def of_head(head: ScanResult, name: str) -> BaseScan:
    """Return the head's results as those of a base at which this environment is the same.

    Problems of other environments, and those of none, may be new.
    """
    return BaseScan(
        results=tuple(
            BaseResult(result=each, waived=each.waiver is not None, blocking=True)
            for each in head.results
            if each.environment == name
        ),
        problems=frozenset(problem_key(each) for each in head.problems if each.environment == name),
    )


def read(text: str, former: str, name: str, head: ScanResult) -> BaseScan:
    """Read the results of environment `former`, which is called `name` now.

    Findings of the earlier form belong to a policy if `head` knows a policy of that name. Raises
    `ValueError` for another form, or if the environment was not scanned.
    """
    content = json.loads(text)
    is_earlier = isinstance(content, dict) and isinstance(content.get("environments"), dict)
    try:
        if is_earlier:
            return _read_earlier(msgspec.convert(content, _EarlierScan), former, name, head)
        return _read(msgspec.convert(content, _Scan), former, name)
    except msgspec.ValidationError as error:
        raise ValueError(f"its report has another form: {error}") from error


def _read(scan: _Scan, former: str, name: str) -> BaseScan:
    _check_scanned(former, [each.environment for each in scan.environments])
    results = [each for each in scan.results if each.environment == former]
    shown = {(each.policy, each.resource) for each in results}
    return BaseScan(
        results=tuple(
            BaseResult(
                result=_result(each, name, each.severity),
                waived=each.waiver is not None,
                blocking=each.blocking,
            )
            for each in results
        ),
        problems=_problems(
            (each for each in scan.findings if (each.rule, each.path) not in shown), former, name
        ),
        policies=frozenset(each.policy for each in scan.checks if each.environment == former),
    )


def _read_earlier(scan: _EarlierScan, former: str, name: str, head: ScanResult) -> BaseScan:
    _check_scanned(former, scan.environments)
    severities = {each.policy: each.severity for each in head.checks}
    known = head.known_policies | severities.keys()
    return BaseScan(
        results=tuple(
            BaseResult(
                result=_result(
                    _Result(
                        environment=former,
                        policy=each.rule,
                        message=each.message,
                        severity=severities.get(each.rule, PolicySeverity.CRITICAL),
                        outcome=PolicyOutcome.FAILED,
                        blocking=True,
                        resource=each.path,
                        file=each.file,
                        digest="",
                        line=each.line,
                        column=each.column,
                    ),
                    name,
                    severities.get(each.rule, PolicySeverity.CRITICAL),
                ),
                waived=False,
                blocking=each.severity == "error",
                is_exact=False,
            )
            for each in scan.findings
            if each.environment == former and each.rule in known
        ),
        has_waived=False,
        problems=_problems(
            (each for each in scan.findings if each.rule not in known), former, name
        ),
    )


def _check_scanned(former: str, scanned: list[str] | dict[str, Any]) -> None:
    if former not in scanned:
        raise ValueError(f"its scan has no results of {former}")


def _result(found: _Result, name: str, severity: PolicySeverity) -> PolicyResult:
    return PolicyResult(
        environment=name,
        policy=found.policy,
        message=found.message,
        severity=severity,
        threshold=PolicySeverity.INFO,
        outcome=found.outcome,
        resource=found.resource,
        location=Location(found.file, found.line, found.column),
        logical_id=found.logical_id,
        type=found.type,
        section=found.section,
        detail=found.detail,
        digest=found.digest,
    )


def _problems(found: Iterator[_Finding], former: str, name: str) -> frozenset[ProblemKey]:
    names: Mapping[str, str] = {former: name}
    return frozenset(
        (each.rule, names.get(each.environment, each.environment), each.path, each.message)
        for each in found
    )
