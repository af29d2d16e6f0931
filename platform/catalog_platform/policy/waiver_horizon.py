"""How long a waiver of a policy can be valid: the more severe the policy, the shorter.

A critical violation is reviewed every quarter, a high one every half year, all others every year;
the year has room for the review.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Collection, Iterator, Mapping

from catalog_platform.policy.severity import PolicySeverity

MAXIMUM_DAYS = 400
DAYS = {PolicySeverity.CRITICAL: 90, PolicySeverity.HIGH: 180}
DEFAULT_DAYS = 90
Listed = Mapping[str, PolicySeverity]


def maximum_days(severity: PolicySeverity) -> int:
    """Return how many days a waiver of a policy of this severity can be valid."""
    return DAYS.get(severity, MAXIMUM_DAYS)


def policy_of(rule: str) -> str:
    """Return the policy of a rule: `CKV_1` for `CKV_1` and for `CKV_1[Tags/0]`."""
    return rule.partition("[")[0]


def severity_of(rule: str, listed: Listed) -> PolicySeverity:
    """Return the severity of a rule of kind policy.

    An unlisted rule of AWS's validation is high if it is an error (E…, F…) and otherwise info, as
    in `validator`. Any other unlisted policy counts as critical.
    """
    policy = policy_of(rule)
    if policy in listed:
        return listed[policy]
    if re.fullmatch(r"[A-Z]\d{4}", policy):
        return PolicySeverity.HIGH if policy[0] in "EF" else PolicySeverity.INFO
    return PolicySeverity.CRITICAL


def horizon_errors(
    rules: Collection[str], listed: Listed, created: datetime.date, expires: datetime.date
) -> Iterator[str]:
    """Yield an error for each rule whose severity demands an earlier expiry.

    Without any listed severity, `severities.yaml` could not be read, which is a finding of its own.
    """
    for rule in rules if listed else ():
        severity = severity_of(rule, listed)
        days = maximum_days(severity)
        if days < (expires - created).days <= MAXIMUM_DAYS:
            latest = created + datetime.timedelta(days=days)
            yield (
                f"expires: {expires} is too late for {rule}, whose severity is {severity.value}: "
                f"at most {days} days after created, so {latest} at the latest"
            )
