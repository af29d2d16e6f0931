"""Read the alarms of a template."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from support.synthesis import Template

SYMBOLS = {"GreaterThanThreshold": ">", "LessThanThreshold": "<"}


@dataclass(frozen=True)
class Found:
    """An alarm: construct id, name in the manifest, severity, resource properties."""

    id: str
    name: str
    severity: str
    properties: dict[str, Any]

    @property
    def line(self) -> str:
        """Return the alarm's condition on one line."""
        held = self.properties
        symbol = SYMBOLS[held["ComparisonOperator"]]
        span = f"{held['EvaluationPeriods']} x {period(held)} s"
        condition = f"{measured(held)} {symbol} {held['Threshold']} for {span}"
        return f"{self.id}: {self.severity}, {condition}, no data {held['TreatMissingData']}"


def alarms_of(template: Template) -> tuple[Found, ...]:
    """Return every metric alarm of a template, sorted by its id."""
    return tuple(
        _found(path.removeprefix("Alarms/"), template.properties(path))
        for path, logical_id in sorted(template.logical_ids.items())
        if template.resources.get(logical_id, {}).get("Type") == "AWS::CloudWatch::Alarm"
    )


def measured(alarm: dict[str, Any]) -> str:
    """Return the metric of an alarm, or its expression over metrics."""
    if "MetricName" in alarm:
        return f"{alarm['Statistic']} {alarm['MetricName']}"
    (expression,) = [query["Expression"] for query in alarm["Metrics"] if "Expression" in query]
    metrics = {
        f"{query['MetricStat']['Stat']} {query['MetricStat']['Metric']['MetricName']}"
        for query in alarm["Metrics"]
        if "MetricStat" in query
    }
    return f"{expression} of {', '.join(sorted(metrics))}"


def period(alarm: dict[str, Any]) -> int:
    """Return the period of an alarm in seconds."""
    if "Period" in alarm:
        return int(alarm["Period"])
    (found,) = {q["MetricStat"]["Period"] for q in alarm["Metrics"] if "MetricStat" in q}
    return int(found)


def _found(id_: str, properties: dict[str, Any]) -> Found:
    text = properties["AlarmDescription"]
    description = re.fullmatch(r"\[(\w+)\] .+ Runbook: \S+/(\w+)\.md", text)
    assert description is not None, text
    return Found(id_, description[2], description[1], properties)
