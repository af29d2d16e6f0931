"""Policy: an alarm reports the failures that lose data."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from checkov.common.models.enums import CheckCategories

from catalog_platform.policy.alarm_metrics import alarm_queries
from catalog_platform.policy.assembly import Resource
from catalog_platform.policy.template_check import Resources, TemplateCheck, created
from catalog_platform.policy.template_values import at, items, reference, references
from catalog_platform.policy.used_stores import holds_data

# Each alternative is enough; the first one names what is missing. A subject is watched by the value
# of a dimension.
ITERATOR_AGE = ("GetRecords.IteratorAgeMilliseconds", "IteratorAge")
FILTER = "AWS::Logs::MetricFilter"
FUNCTION = "AWS::Lambda::Function"
MAPPING = "AWS::Lambda::EventSourceMapping"
SCHEDULE = "AWS::SecretsManager::RotationSchedule"
METRICS: dict[str, tuple[tuple[str, ...], ...]] = {
    "AWS::Backup::BackupVault": (("NumberOfBackupJobsCompleted", "NumberOfBackupJobsFailed"),),
    "AWS::Kinesis::Stream": (ITERATOR_AGE,),
    MAPPING: (("OnFailureDestinationDeliveredEventCount",), ("DroppedEventCount",)),
    FILTER: (),
    FUNCTION: (("Errors",),),
    "AWS::RDS::DBInstance": (("FreeStorageSpace",),),
    "AWS::RDS::DBProxy": (("AvailabilityPercentage",),),
    "AWS::SQS::Queue": (("ApproximateNumberOfMessagesVisible", "ApproximateAgeOfOldestMessage"),),
    SCHEDULE: (("Errors",),),
}
REPLICA = (("ReplicaLag",), ("FreeStorageSpace",))
# The sections of functions that run without a person looking on.
CLIENTS = ("processor", "reader")
IF_USED = (
    "AWS::Kinesis::Stream",
    "AWS::RDS::DBInstance",
    "AWS::RDS::DBProxy",
    "AWS::SQS::Queue",
)


class ResourceHasItsAlarms(TemplateCheck):
    """Fail without an alarm for each of the metrics of a resource."""

    def __init__(self) -> None:
        super().__init__(
            name="Alarms report failed functions and backups, lost updates and full stores",
            id="CKV_CATALOG_53",
            categories=(CheckCategories.LOGGING,),
            supported_resources=tuple(METRICS),
            guideline="Set a severity other than off, and not below alarms.minimum_severity, for "
            "the alarm: backups_missing, rotation_failures, proxy_availability, "
            "database_replica_lag, database_free_storage, iterator_age, discarded_batches, "
            "updates_dropped, dead_letters, processor_errors or reader_errors.",
        )

    def violations(self, resource: Resource, resources: Resources) -> Iterator[str]:
        """Look for alarms on the metrics of the resource, or of the function that rotates.

        Metrics of a mapping exist only if its MetricsConfig says so.

        https://docs.aws.amazon.com/lambda/latest/dg/monitoring-metrics-types.html
        """
        if not _can_lose_data(resource, resources):
            return
        measured = items(at(resource.properties, "MetricsConfig/Metrics"))
        if resource.type == MAPPING and "EventCount" not in measured:
            yield "Properties/MetricsConfig"
        subject = resource.logical_id
        if resource.type == SCHEDULE:
            subject = reference(resource.properties.get("RotationLambdaARN"))
        watched = {
            metric
            for alarm in created(resources, "AWS::CloudWatch::Alarm")
            for metric, names in _metrics(alarm.properties)
            if subject in names or resource.type == FILTER
        }
        for alternatives in _needed(resource):
            if watched.isdisjoint(alternatives):
                yield f"Alarms/{alternatives[0]}"


def _can_lose_data(resource: Resource, resources: Resources) -> bool:
    """Return whether the resource works with data of the stack."""
    properties = resource.properties
    if resource.type == MAPPING:
        # Only a mapping of a stream has a starting position.
        function = reference(properties.get("FunctionName"))
        return "StartingPosition" in properties and function in resources
    if resource.type == FUNCTION:
        # CloudFormation reports failed migrations, and a person invokes the replayer.
        return resource.section in CLIENTS
    replica = "SourceDBInstanceIdentifier" in properties
    return resource.type not in IF_USED or replica or holds_data(resource, resources)


def _needed(resource: Resource) -> tuple[tuple[str, ...], ...]:
    if resource.type == FILTER:
        changes = items(resource.properties.get("MetricTransformations"))
        return tuple((str(at(change, "MetricName")),) for change in changes)
    if resource.type == SCHEDULE and not resource.properties.get("RotationLambdaARN"):
        return ()
    replica = "SourceDBInstanceIdentifier" in resource.properties
    return REPLICA if replica else METRICS[resource.type]


def _metrics(alarm: Mapping[str, Any]) -> Iterator[tuple[str, set[str]]]:
    """Yield each metric that an alarm evaluates, with the resources in its dimensions."""
    for query in alarm_queries(alarm):
        for metric in query.metrics:
            yield metric.name, set(references(metric.content.get("Dimensions")))


check = ResourceHasItsAlarms()
