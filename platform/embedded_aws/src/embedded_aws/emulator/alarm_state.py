"""Compute the state of an alarm from the last datapoints of its metric.

https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarms-and-missing-data.html
"""

from __future__ import annotations

import operator
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

State = Literal["OK", "ALARM", "INSUFFICIENT_DATA"]

# CloudWatch reads more periods than it evaluates, to replace missing values with real ones.
EXTRA_PERIODS = 2
COMPARISONS = {
    "GreaterThanOrEqualToThreshold": operator.ge,
    "GreaterThanThreshold": operator.gt,
    "LessThanThreshold": operator.lt,
    "LessThanOrEqualToThreshold": operator.le,
}


@dataclass(frozen=True, slots=True)
class Condition:
    """When an alarm fires; `missing` is its `TreatMissingData`."""

    comparison: str
    threshold: float
    periods: int
    to_alarm: int
    missing: str

    @classmethod
    def of(cls, alarm: dict[str, Any]) -> Condition:
        """Read the condition of an alarm in the form of `DescribeAlarms`."""
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
        """Return how many periods are evaluated."""
        return self.periods + EXTRA_PERIODS

    def evaluate(self, values: Sequence[float | None]) -> State | None:
        """Return the state after `values`, one per period and newest last; None keeps the state.

        A value of None is a period without data. Comparisons with a band, which only anomaly
        detection has, always return None.
        """
        compare = COMPARISONS.get(self.comparison)
        if compare is None:
            return None
        breaching = [None if v is None else bool(compare(v, self.threshold)) for v in values]
        real = [found for found in breaching if found is not None][-self.periods :]
        missing_count = self.periods - len(real)
        if missing_count and self.missing in ("breaching", "notBreaching"):
            real += [self.missing == "breaching"] * missing_count
            missing_count = 0
        if sum(real) >= self.to_alarm:
            return "ALARM"
        if not missing_count or False in real:
            return "OK"
        return self._with_too_few_values(breaching)

    def _with_too_few_values(self, breaching: Sequence[bool | None]) -> State | None:
        """Return the state when all values, if there are any, breach and some are missing."""
        if self.missing == "ignore":
            return None
        if True not in breaching:
            return "INSUFFICIENT_DATA"
        # The breach is old enough, and no later value was within the threshold.
        age = len(breaching) - breaching.index(True)
        return "ALARM" if age >= self.to_alarm else None
