"""The counts of a scan: what passed, failed and is waived per environment."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from catalog_platform.policy.check_counts import totals
from catalog_platform.policy.results import Counts, ScannedEnvironment, ScanResult
from catalog_platform.policy.severity import PolicySeverity


@dataclass(frozen=True, slots=True, kw_only=True)
class EnvironmentCounts:
    """The counts of an environment; `failed` has each severity, in their order.

    `errors` is the number of findings and problems that fail the scan. `new` and `fixed` compare
    with the base.
    """

    environment: ScannedEnvironment
    passed: int
    failed: Mapping[PolicySeverity, int]
    problems: int
    waived: int
    errors: int
    new: int
    fixed: int

    @property
    def row(self) -> tuple[int, ...]:
        """Return passed, failed by severity, problems and waived."""
        return (self.passed, *self.failed.values(), self.problems, self.waived)


HEAD = ("passed", *(each.value for each in PolicySeverity), "problems", "waived")


def counts(result: ScanResult) -> list[EnvironmentCounts]:
    """Return the counts of each environment, in the order of the scan."""
    every = result.counts
    by_severity = totals(result.checks, lambda each: (each.environment, each.severity))
    problems = Counter(each.environment for each in result.problems)
    errors = Counter(each.environment for each in result.findings if each.severity.rank == 0)
    new = Counter(
        each.environment for each in result.results if each.finding and each.status == "new"
    )
    fixed = Counter(each.environment for each in result.fixed)
    return [
        EnvironmentCounts(
            environment=each,
            passed=every[each.name].passed,
            failed={
                severity: by_severity.get((each.name, severity), Counts()).failed
                for severity in PolicySeverity
            },
            problems=problems[each.name],
            waived=every[each.name].waived,
            errors=errors[each.name],
            new=new[each.name],
            fixed=fixed[each.name],
        )
        for each in result.environments
    ]


def table(result: ScanResult) -> str:
    """Return the counts as text: a line per environment; with a base also new and fixed."""
    compared = result.base is not None
    head = ("environment", *HEAD, *(("new", "fixed") if compared else ()))
    rows: list[Sequence[object]] = [
        (each.environment.name, *each.row, *((each.new, each.fixed) if compared else ()))
        for each in counts(result)
    ]
    width = max(len(str(row[0])) for row in (head, *rows))
    return "".join(
        f"{row[0]:<{width}}"
        + "".join(f"  {cell:>{len(name)}}" for cell, name in zip(row[1:], head[1:], strict=True))
        + "\n"
        for row in (head, *rows)
    )
