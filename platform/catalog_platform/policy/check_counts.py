"""Count on how many resources each policy passed, failed or is waived."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import TypeVar

from catalog_platform.policy.assembly import Resource
from catalog_platform.policy.results import CheckCount, Counts, PolicyResult
from catalog_platform.policy.severities import Severities
from catalog_platform.policy.verdicts import Verdict

Key = TypeVar("Key")


def totals(checks: Iterable[CheckCount], key: Callable[[CheckCount], Key]) -> dict[Key, Counts]:
    """Return the sums of the counts with the same key, in the order of the checks."""
    found: dict[Key, Counts] = {}
    for each in checks:
        name = key(each)
        before = found.get(name, Counts())
        found[name] = Counts(
            passed=before.passed + each.passed,
            failed=before.failed + each.failed,
            waived=before.waived + each.waived,
        )
    return found


def checks_of(
    environment: str,
    verdicts: Iterable[tuple[Verdict, PolicyResult | None]],
    resources: Mapping[str, Resource],
    severities: Severities,
) -> Iterator[CheckCount]:
    """Yield a count for each policy and manifest section, sorted by both.

    `verdicts` has each verdict with its result, which is None if the policy passed. A policy with
    several results on a resource counts once there: as failed unless all of them are waived.
    """
    outcomes: dict[tuple[str, str, str], set[str]] = {}
    severity = {}
    for verdict, result in verdicts:
        resource = resources.get(verdict.logical_id)
        key = (resource.section if resource else "", verdict.policy, verdict.logical_id)
        outcome = "passed" if result is None else "waived" if result.waiver else "failed"
        outcomes.setdefault(key, set()).add(outcome)
        severity[verdict.policy] = severities.of(verdict.policy, verdict.severity)
    counted: dict[tuple[str, str], Counter[str]] = {}
    for (section, policy, _), found in outcomes.items():
        worst = next(each for each in ("failed", "waived", "passed") if each in found)
        counted.setdefault((section, policy), Counter())[worst] += 1
    for (section, policy), counts in sorted(counted.items()):
        yield CheckCount(
            environment=environment,
            section=section,
            policy=policy,
            severity=severity[policy],
            passed=counts["passed"],
            failed=counts["failed"],
            waived=counts["waived"],
        )
