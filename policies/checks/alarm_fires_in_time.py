"""Policy: an alarm on lost data fires, and soon enough."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from checkov.common.models.enums import CheckCategories

from catalog_platform.policy.alarm_metrics import AlarmQuery, alarm_queries
from catalog_platform.policy.assembly import Resource
from catalog_platform.policy.template_check import Resources, TemplateCheck, created
from catalog_platform.policy.template_values import at, items, number, references

HOUR, DAY = 3600, 24 * 3600
SELECTION = "AWS::Backup::BackupSelection"


class Limits(NamedTuple):
    """Which alarms on a metric fire in time.

    An alarm fires above (below) its threshold, which is at most (at least) `bound`, within
    `seconds`. With `silence`, missing data must fire it: then the resource itself is missing.
    """

    above: bool
    bound: int
    statistics: tuple[str, ...]
    seconds: int = HOUR
    silence: bool = False


COUNT = ("Sum", "Maximum")
LIMITS = {
    "ApproximateNumberOfMessagesVisible": Limits(True, 1000, COUNT),
    "AvailabilityPercentage": Limits(False, 50, ("Average", "Minimum"), silence=True),
    "DroppedEventCount": Limits(True, 10, COUNT),
    "Errors": Limits(True, 10, COUNT, DAY),
    "FreeStorageSpace": Limits(False, 1 << 30, ("Average", "Minimum"), silence=True),
    "GetRecords.IteratorAgeMilliseconds": Limits(True, HOUR * 1000, ("Maximum",), silence=True),
    "IteratorAge": Limits(True, HOUR * 1000, ("Maximum",)),
    "KeyErrors": Limits(True, 1000, COUNT),
    "NumberOfBackupJobsCompleted": Limits(False, 1, ("Sum",), 3 * DAY, silence=True),
    "NumberOfBackupJobsFailed": Limits(True, 0, COUNT, DAY),
    "OnFailureDestinationDeliveredEventCount": Limits(True, 10, COUNT),
    "ReplicaLag": Limits(True, HOUR, ("Average", "Maximum", "Minimum"), silence=True),
}

# Metrics that are percentages.
PERCENTAGES = {"CPUUtilization", "DatabaseMemoryUsagePercentage", "EngineCPUUtilization"}
ALWAYS_ZERO = re.compile(r"(?<![\d.])0+(\.0*)?\s*\*|\*\s*0+(\.0*)?(?![\d.])")


class AlarmFiresInTime(TemplateCheck):
    """Fail for an alarm that can't fire, or fires when the data is already lost."""

    def __init__(self) -> None:
        super().__init__(
            name="An alarm on lost data, failed backups or full stores fires in time",
            id="CKV_CATALOG_58",
            categories=(CheckCategories.LOGGING,),
            supported_resources=("AWS::CloudWatch::Alarm", "AWS::CloudWatch::CompositeAlarm"),
            guideline="Set the threshold of the alarm in the manifest's alarms section closer to "
            "the normal value; an alarm on backups needs one job for each store.",
        )

    def violations(self, resource: Resource, resources: Resources) -> Iterator[str]:
        """Check direction, threshold, time, statistic and missing data of known metrics.

        https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/AlarmThatSendsEmail.html
        """
        properties = resource.properties
        if resource.type == "AWS::CloudWatch::CompositeAlarm":
            if not _combines(resource, resources):
                yield "Properties/AlarmRule"
            return
        for query in alarm_queries(properties):
            yield from dict.fromkeys(_missed(query, properties, resources))


def _missed(
    query: AlarmQuery, properties: Mapping[str, Any], resources: Resources
) -> Iterator[str]:
    """Yield what keeps an alarm from firing, or from firing in time."""
    if ALWAYS_ZERO.search(query.expression):
        yield f"{query.path}/Expression"
        return
    if query.is_share:
        yield from _compared(properties, above=True, limit=query.factor, reaches=False)
    for metric in query.metrics:
        limits = LIMITS.get(metric.name)
        if limits is None and metric.name not in PERCENTAGES:
            continue
        above = limits is None or limits.above
        if not _is_known(query, above):
            # An expression that isn't read could divide the metric by a million.
            yield f"{query.path}/Expression"
            continue
        if limits is None:
            yield from _compared(properties, above=True, limit=100 * query.factor, reaches=False)
            continue
        if not query.is_share:
            bound = _bound(metric.name, limits, resources) * query.factor
            yield from _compared(properties, above=above, limit=bound, reaches=True)
        period, periods = number(metric.period), number(properties.get("EvaluationPeriods"))
        if period is None or periods is None or period * periods > limits.seconds:
            yield "Properties/EvaluationPeriods"
        if metric.statistic not in limits.statistics:
            yield metric.statistic_path
        if limits.silence and properties.get("TreatMissingData") != "breaching":
            yield "Properties/TreatMissingData"


def _is_known(query: AlarmQuery, above: bool) -> bool:
    """Return whether the value of a query rises, or falls, with each of its metrics."""
    combinations = ("", "MAX", "SUM") if above else ("", "MIN")
    is_share_below = query.is_share and not above
    return query.factor > 0 and query.combination in combinations and not is_share_below


def _compared(
    properties: Mapping[str, Any], *, above: bool, limit: float, reaches: bool
) -> Iterator[str]:
    """Yield a wrong operator, and a threshold beyond the limit, which it may reach if `reaches`."""
    operator = "GreaterThan" if above else "LessThan"
    if not str(properties.get("ComparisonOperator")).startswith(operator):
        yield "Properties/ComparisonOperator"
    threshold = number(properties.get("Threshold"))
    if (
        threshold is None
        or (threshold > limit if above else threshold < limit)
        or (threshold == limit and not reaches)
    ):
        yield "Properties/Threshold"


def _bound(name: str, limits: Limits, resources: Resources) -> int:
    if name == "NumberOfBackupJobsCompleted":
        return max(limits.bound, _selected(resources))
    return limits.bound


def _selected(resources: Resources) -> int:
    """Return the number of stores that the backup plans of the stack back up each day."""
    return sum(
        len(items(at(each.properties, "BackupSelection/Resources")))
        for each in created(resources, SELECTION)
    )


def _combines(composite: Resource, resources: Resources) -> bool:
    """Return whether a composite alarm fires as soon as one of its alarms, all of the stack, does.

    https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutCompositeAlarm.html
    """
    rule = composite.properties.get("AlarmRule")
    alarms = {each.logical_id for each in created(resources, "AWS::CloudWatch::Alarm")}
    words = re.findall(r"\b(?:AND|NOT|TRUE|FALSE|OK|INSUFFICIENT_DATA)\b", str(rule).upper())
    return not words and bool(alarms & set(references(rule)))


check = AlarmFiresInTime()
