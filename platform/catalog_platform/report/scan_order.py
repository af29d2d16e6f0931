"""The order and the groups in which reports show the results of a scan."""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from dataclasses import replace

from catalog_platform.findings import Finding
from catalog_platform.plural import plural
from catalog_platform.policy.results import PolicyResult, ScanResult
from catalog_platform.policy.waiver_format import Waiver


def failing(result: ScanResult) -> list[PolicyResult]:
    """Return the results that no waiver covers: new ones first, then by severity and location."""
    return ordered(each for each in result.results if each.waiver is None)


def ordered(results: Iterable[PolicyResult]) -> list[PolicyResult]:
    """Return results with the new ones first, then by severity and location."""
    return sorted(
        results,
        key=lambda each: (
            each.status != "new",
            each.severity.rank,
            each.location,
            each.policy,
            each.resource,
            each.detail,
        ),
    )


def across_environments(results: Iterable[PolicyResult]) -> list[tuple[PolicyResult, ...]]:
    """Group results that differ only in the environment, because one fix is enough for them."""
    groups: dict[tuple[object, ...], list[PolicyResult]] = {}
    for each in results:
        finding = each.finding
        same = replace(finding, environment="") if finding else None
        key = (same, each.status, each.severity, each.detail, each.key)
        groups.setdefault(key, []).append(each)
    return [tuple(group) for group in groups.values()]


def names(results: Iterable[PolicyResult]) -> tuple[str, ...]:
    """Return the environments of results, each once."""
    return tuple(dict.fromkeys(each.environment for each in results))


def waived(result: ScanResult) -> list[tuple[Waiver, list[PolicyResult]]]:
    """Return each waiver with the results that it covers, the one that ends first at the start."""
    groups: dict[Waiver, list[PolicyResult]] = {}
    for each in result.results:
        if each.waiver is not None:
            groups.setdefault(each.waiver, []).append(each)
    found = sorted(groups.items(), key=lambda item: (item[0].expires, item[0].id))
    return [
        (waiver, sorted(results, key=lambda each: (each.environment, each.policy, each.resource)))
        for waiver, results in found
    ]


def problems(result: ScanResult) -> list[Finding]:
    """Return the findings that belong to no policy, the errors first."""
    return sorted(result.problems, key=lambda each: (each.severity.rank, each.sort_key))


def days_left(waiver: Waiver, today: datetime.date) -> int:
    """Return the days until a waiver ends; 0 on its last day."""
    return (waiver.expires - today).days


def left(waiver: Waiver, today: datetime.date) -> str:
    """Return the days that a waiver has left, such as `12 days left` or `ends today`."""
    days = days_left(waiver, today)
    return f"{plural(days, 'day')} left" if days > 0 else "ends today" if days == 0 else "ended"


def subject(result: PolicyResult) -> str:
    """Return the resource, with the property that tells several results on it apart."""
    return f"{result.resource}[{result.detail}]" if result.detail else result.resource
