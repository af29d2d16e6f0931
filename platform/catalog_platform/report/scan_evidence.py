"""The policies that ran, and the controls that they give evidence for, with their counts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from catalog_platform.policy.controls import Control
from catalog_platform.policy.results import Counts, ScanResult
from catalog_platform.report.count_tables import CountRow, CountTable, added, by_key, tables
from catalog_platform.report.scan_context import ScanContext


@dataclass(frozen=True, slots=True, kw_only=True)
class Framework:
    """The controls of a framework for which a policy ran; `failing` of them have a failure."""

    name: str
    controls: int
    failing: int
    tables: tuple[CountTable, ...]


def anchors(result: ScanResult) -> dict[str, str]:
    """Return the anchor of each policy that ran, the most severe first."""
    severities = {each.policy: each.severity for each in result.checks}
    ordered = sorted(severities, key=lambda policy: (severities[policy].rank, policy))
    return {policy: f"policy-{at}" for at, policy in enumerate(ordered)}


def policies(
    result: ScanResult, context: ScanContext, names: Sequence[str]
) -> tuple[CountTable, ...]:
    """Return the counts of each policy that ran, with the reason of its severity."""
    found = by_key(result.checks, lambda each: each.policy)
    severities = {each.policy: each.severity.value for each in result.checks}

    def rows(shown: Sequence[str]) -> Iterator[CountRow]:
        for policy, anchor in anchors(result).items():
            listed = context.listed.get(policy)
            yield CountRow(
                name=policy,
                note=listed.reason if listed else "",
                severity=severities[policy],
                anchor=anchor if shown[0] == names[0] else "",
                cells=tuple(found.get((name, policy)) for name in shown),
            )

    return tables("Policies that ran, the most severe first", "policy", names, rows)


def frameworks(
    result: ScanResult, context: ScanContext, names: Sequence[str]
) -> tuple[Framework, ...]:
    """Return each framework with the controls for which a policy ran."""
    found = by_key(result.checks, lambda each: each.policy)
    ran = {each.policy for each in result.checks}
    by_framework: dict[str, list[Control]] = {}
    for control in context.controls:
        if ran & set(control.checks):
            by_framework.setdefault(control.framework, []).append(control)
    return tuple(_framework(name, each, found, names) for name, each in by_framework.items())


def _framework(
    name: str,
    controls: Sequence[Control],
    found: Mapping[tuple[str, str], Counts],
    names: Sequence[str],
) -> Framework:
    def rows(shown: Sequence[str]) -> Iterator[CountRow]:
        return _rows(controls, found, shown)

    return Framework(
        name=name,
        controls=len(controls),
        failing=sum(row.has_failures for row in rows(names)),
        tables=tables(f"Controls of {name}", "control", names, rows),
    )


def _rows(
    controls: Sequence[Control],
    found: Mapping[tuple[str, str], Counts],
    names: Sequence[str],
) -> Iterator[CountRow]:
    ran = {policy for _, policy in found}
    for control in controls:
        checks = tuple(each for each in control.checks if each in ran)
        yield CountRow(
            name=control.id,
            note=control.title,
            policies=checks,
            cells=tuple(added(found.get((name, each)) for each in checks) for name in names),
        )
