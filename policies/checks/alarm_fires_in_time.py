"""Policy: an alarm on lost data fires, and soon enough."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from checkov.common.models.enums import CheckCategories

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

# Metrics that are percentages, as is an expression of this form.
PERCENTAGES = {"CPUUtilization", "DatabaseMemoryUsagePercentage", "EngineCPUUtilization"}
SHARE = re.compile(r"100 \* .+")
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
        yield from _percentage(properties)
        name = str(properties.get("MetricName"))
        limits = LIMITS.get(name)
        if limits is None:
            return
        bound = limits.bound
        if name == "NumberOfBackupJobsCompleted":
            bound = max(bound, _selected(resources))
        operator = "GreaterThan" if limits.above else "LessThan"
        if not str(properties.get("ComparisonOperator")).startswith(operator):
            yield "Properties/ComparisonOperator"
        threshold = number(properties.get("Threshold"))
        if threshold is None or (threshold > bound if limits.above else threshold < bound):
            yield "Properties/Threshold"
        period = number(properties.get("Period"))
        periods = number(properties.get("EvaluationPeriods"))
        if period is None or periods is None or period * periods > limits.seconds:
            yield "Properties/EvaluationPeriods"
        if properties.get("Statistic") not in limits.statistics:
            yield "Properties/Statistic"
        if limits.silence and properties.get("TreatMissingData") != "breaching":
            yield "Properties/TreatMissingData"


def _percentage(properties: Mapping[str, Any]) -> Iterator[str]:
    """Yield what keeps an alarm on a percentage from firing, or one on an expression that is 0."""
    queries = [each for each in items(properties.get("Metrics")) if isinstance(each, dict)]
    expressions = [str(each["Expression"]) for each in queries if "Expression" in each]
    metrics = [at(each, "MetricStat/Metric/MetricName") for each in queries]
    if any(map(ALWAYS_ZERO.search, expressions)):
        yield "Properties/Metrics"
    is_share = any(map(SHARE.fullmatch, expressions))
    if not is_share and not PERCENTAGES.intersection([properties.get("MetricName"), *metrics]):
        return
    if not str(properties.get("ComparisonOperator")).startswith("GreaterThan"):
        yield "Properties/ComparisonOperator"
    threshold = number(properties.get("Threshold"))
    if threshold is None or threshold >= 100:
        yield "Properties/Threshold"


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
