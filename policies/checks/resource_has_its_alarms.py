"""Policy: an alarm reports the failures that lose data."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from checkov.common.models.enums import CheckCategories

from catalog_platform.policy.assembly import Resource
from catalog_platform.policy.template_check import Resources, TemplateCheck, created
from catalog_platform.policy.template_values import items, reference, references
from catalog_platform.policy.used_stores import is_used

# Each alternative of a set is enough. A subject is watched by the value of a dimension.
ITERATOR_AGE = {"GetRecords.IteratorAgeMilliseconds", "IteratorAge"}
METRICS: dict[str, tuple[set[str], ...]] = {
    "AWS::Backup::BackupVault": ({"NumberOfBackupJobsCompleted", "NumberOfBackupJobsFailed"},),
    "AWS::Kinesis::Stream": (ITERATOR_AGE,),
    "AWS::Lambda::EventSourceMapping": (
        {"OnFailureDestinationDeliveredEventCount"},
        {"DroppedEventCount"},
    ),
    "AWS::RDS::DBInstance": ({"FreeStorageSpace"},),
    "AWS::RDS::DBProxy": ({"AvailabilityPercentage"},),
    "AWS::SQS::Queue": ({"ApproximateNumberOfMessagesVisible", "ApproximateAgeOfOldestMessage"},),
    "AWS::SecretsManager::RotationSchedule": ({"Errors"},),
}
REPLICA = ({"ReplicaLag"}, {"FreeStorageSpace"})
IF_USED = ("AWS::Kinesis::Stream", "AWS::RDS::DBInstance", "AWS::SQS::Queue")


class ResourceHasItsAlarms(TemplateCheck):
    """Fail without an alarm for each of the metrics of a resource."""

    def __init__(self) -> None:
        super().__init__(
            name="Alarms report failed backups and rotations, lost updates and full stores",
            id="CKV_CATALOG_53",
            categories=(CheckCategories.LOGGING,),
            supported_resources=tuple(METRICS),
            guideline="Set a severity other than off, and not below alarms.minimum_severity, for "
            "the alarm: backups_missing, rotation_failures, proxy_availability, "
            "database_replica_lag, database_free_storage, iterator_age, discarded_batches, "
            "updates_dropped or dead_letters.",
        )

    def violations(self, resource: Resource, resources: Resources) -> Iterator[str]:
        """Look for alarms on the metrics of the resource, or of the function that rotates."""
        needed = METRICS[resource.type]
        subject = resource.logical_id
        replica = "SourceDBInstanceIdentifier" in resource.properties
        if resource.type in IF_USED and not replica and not is_used(resource, resources):
            return
        if resource.type == "AWS::SecretsManager::RotationSchedule":
            subject = reference(resource.properties.get("RotationLambdaARN"))
            if not subject:
                return
        if resource.type == "AWS::Lambda::EventSourceMapping" and not _reads(resource, resources):
            return
        if replica:
            needed = REPLICA
        watched = {
            metric
            for alarm in created(resources, "AWS::CloudWatch::Alarm")
            for metric, names in _metrics(alarm.properties)
            if subject in names
        }
        if any(not watched & alternatives for alternatives in needed):
            yield ""


def _reads(mapping: Resource, resources: Resources) -> bool:
    """Return whether a function of the stack reads a stream; others have no starting position."""
    function = reference(mapping.properties.get("FunctionName"))
    return "StartingPosition" in mapping.properties and function in resources


def _metrics(alarm: Mapping[str, Any]) -> Iterator[tuple[str, set[str]]]:
    """Yield each metric of an alarm with the resources in its dimensions."""
    queries = [each for each in items(alarm.get("Metrics")) if isinstance(each, dict)]
    stats = [each.get("MetricStat") or {} for each in queries]
    for metric in [alarm, *(stat.get("Metric") or {} for stat in stats)]:
        yield str(metric.get("MetricName")), set(references(metric.get("Dimensions")))


check = ResourceHasItsAlarms()
