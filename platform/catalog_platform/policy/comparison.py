"""Compare the results of a scan with those of the base: new, unchanged or fixed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from catalog_platform.findings import Finding, Severity
from catalog_platform.policy.base_results import BaseResult, BaseScan, problem_key
from catalog_platform.policy.results import PolicyResult, ScanBase, ScanResult, Status

EXPIRED = "waiver-expired"
# What these concern is incomplete or unknown, whatever the base has.
INCOMPLETE = ("scan-", "severity-")
MALFORMED = "waiver-malformed"


@dataclass(frozen=True, slots=True, kw_only=True)
class BaseEnvironment:
    """An environment at the base: its scan, None if it has none or that is unknown.

    `affected` is whether the deployment of the environment differs from the base.
    """

    scan: BaseScan | None
    affected: bool


def compare(
    head: ScanResult, base: ScanBase, environments: Mapping[str, BaseEnvironment]
) -> ScanResult:
    """Return the scan with the status of every result, and with the results that are fixed.

    Errors that are not new become notes, except those of an incomplete scan, and of expired
    waivers that an affected environment needs. `environments` has every scanned environment.
    """
    return replace(
        head,
        results=tuple(
            replace(each, status=_status(each, environments[each.environment]))
            for each in head.results
        ),
        problems=tuple(_problem(each, environments) for each in head.problems),
        base=base,
        fixed=tuple(
            each
            for name, environment in environments.items()
            if environment.scan is not None and _is_complete(head, name)
            for each in _fixed(head, name, environment.scan)
        ),
    )


def _status(result: PolicyResult, environment: BaseEnvironment) -> Status:
    """Return the status, empty for a waived result of which the base reports nothing."""
    scan = environment.scan
    if scan is None:
        return "new"
    same = (each for each in scan.results if _is_same(each, result, environment.affected))
    if any(_as_before(each, result) for each in same):
        return "unchanged"
    return "new" if result.waiver is None or scan.has_waived else ""


def _is_same(before: BaseResult, result: PolicyResult, affected: bool) -> bool:
    """Return whether it is the same result, with the same value.

    The values are the same if the template is the same, even if the code that computes digests or
    finds properties differs.
    """
    old = before.result
    if (old.policy, old.resource) != (result.policy, result.resource):
        return False
    if not before.is_exact:
        return True
    if not affected:
        return old.detail in ("", result.detail)
    return (old.detail, old.digest) == (result.detail, result.digest)


def _as_before(before: BaseResult, result: PolicyResult) -> bool:
    """Return whether the base did not accept the result that the head doesn't accept.

    It accepts a result by a waiver, and by a severity below the threshold.
    """
    if result.waiver is not None:
        return True
    is_error = result.severity.reaches(result.threshold)
    return not before.waived and (before.blocking or not is_error)


def _is_complete(head: ScanResult, name: str) -> bool:
    """Return whether every policy decided about the environment: what is missing is not fixed."""
    return not any(
        each.rule.startswith("scan-") and each.environment in (name, "") for each in head.problems
    )


def _fixed(head: ScanResult, name: str, scan: BaseScan) -> Iterator[PolicyResult]:
    """Yield the results of the base that are gone, except those of removed policies."""
    left = [each for each in head.results if each.environment == name]
    resources = {(each.policy, each.resource) for each in left}
    exact = {(each.policy, each.resource, each.detail) for each in left}
    known = head.known_policies
    for before in scan.results:
        old = before.result
        if before.waived or (known and old.policy not in known):
            continue
        is_left = (old.policy, old.resource, old.detail) in exact
        if before.is_exact and old.detail:
            is_left = is_left or (old.policy, old.resource, "") in exact
        else:
            is_left = (old.policy, old.resource) in resources
        if not is_left:
            yield old


def _problem(finding: Finding, environments: Mapping[str, BaseEnvironment]) -> Finding:
    if finding.severity is not Severity.ERROR or _is_always_error(finding):
        return finding
    if finding.rule == EXPIRED:
        stays = _is_affected(finding.environment, environments)
    else:
        stays = problem_key(finding) not in _problems_of(environments.values())
    return finding if stays else replace(finding, severity=Severity.NOTE)


def _is_always_error(finding: Finding) -> bool:
    return finding.rule.startswith(INCOMPLETE) or finding.rule == MALFORMED


def _is_affected(name: str, environments: Mapping[str, BaseEnvironment]) -> bool:
    """Return whether an environment is affected; without a name, whether any is."""
    if name:
        return name in environments and environments[name].affected
    return any(each.affected for each in environments.values())


def _problems_of(environments: Iterable[BaseEnvironment]) -> set[tuple[str, str, str, str]]:
    return {key for each in environments if each.scan is not None for key in each.scan.problems}
