"""Which state the last datapoints of a metric put an alarm into.

https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarms-and-missing-data.html
"""

from __future__ import annotations

import operator
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

State = Literal["OK", "ALARM", "INSUFFICIENT_DATA"]

# CloudWatch looks at more periods than it evaluates, so that real values stand in for missing ones.
SPARE = 2
COMPARISONS = {
    "GreaterThanOrEqualToThreshold": operator.ge,
    "GreaterThanThreshold": operator.gt,
    "LessThanThreshold": operator.lt,
    "LessThanOrEqualToThreshold": operator.le,
}


@dataclass(frozen=True, slots=True)
class Condition:
    """When an alarm rings; `missing` is its `TreatMissingData`."""

    comparison: str
    threshold: float
    periods: int
    to_alarm: int
    missing: str

    @classmethod
    def of(cls, alarm: dict[str, Any]) -> Condition:
        """The condition of an alarm in the shape of `DescribeAlarms`."""
        periods = int(alarm.get("EvaluationPeriods") or 1)
        return cls(
            str(alarm.get("ComparisonOperator")),
            float(alarm.get("Threshold") or 0),
            periods,
            int(alarm.get("DatapointsToAlarm") or periods),
            str(alarm.get("TreatMissingData") or "missing"),
        )

    @property
    def span(self) -> int:
        """How many periods are looked at."""
        return self.periods + SPARE

    def decide(self, values: Sequence[float | None]) -> State | None:
        """The state after `values`, one a period and the newest last; None leaves it as it is.

        None among the values stands for a period without data. A comparison with a band, which
        only anomaly detection has, is never decided.
        """
        compare = COMPARISONS.get(self.comparison)
        if compare is None:
            return None
        breaching = [None if v is None else bool(compare(v, self.threshold)) for v in values]
        real = [found for found in breaching if found is not None][-self.periods :]
        lacking = self.periods - len(real)
        if lacking and self.missing in ("breaching", "notBreaching"):
            real += [self.missing == "breaching"] * lacking
            lacking = 0
        if sum(real) >= self.to_alarm:
            return "ALARM"
        if not lacking or False in real:
            return "OK"
        return self._undecided(breaching)

    def _undecided(self, breaching: Sequence[bool | None]) -> State | None:
        """What there is breaches, if there is anything, and is not enough to be sure."""
        if self.missing == "ignore":
            return None
        if True not in breaching:
            return "INSUFFICIENT_DATA"
        # Nothing has contradicted it for as long as it would have taken to be sure.
        age = len(breaching) - breaching.index(True)
        return "ALARM" if age >= self.to_alarm else None
