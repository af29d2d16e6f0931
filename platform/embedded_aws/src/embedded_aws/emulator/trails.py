"""`AWS::CloudTrail::Trail`: recorded with the CloudTrail API; no logs are delivered."""

from __future__ import annotations

from embedded_aws.emulator.handlers import (
    Created,
    Properties,
    register,
    stack_client,
    tags,
)

_NAMES = {
    "S3BucketName": "S3BucketName",
    "S3KeyPrefix": "S3KeyPrefix",
    "SnsTopicName": "SnsTopicName",
    "IncludeGlobalServiceEvents": "IncludeGlobalServiceEvents",
    "IsMultiRegionTrail": "IsMultiRegionTrail",
    "EnableLogFileValidation": "EnableLogFileValidation",
    "CloudWatchLogsLogGroupArn": "CloudWatchLogsLogGroupArn",
    "CloudWatchLogsRoleArn": "CloudWatchLogsRoleArn",
    "KMSKeyId": "KmsKeyId",
}


def install() -> None:
    """Register the type."""
    register("AWS::CloudTrail::Trail", _create, _delete)


def _create(logical: str, properties: Properties, stack: str) -> Created:
    name = properties.get("TrailName") or f"{stack}-{logical}"
    trails = stack_client("cloudtrail")
    parameters = {api: properties[given] for given, api in _NAMES.items() if given in properties}
    made = trails.create_trail(Name=name, TagsList=tags(properties), **parameters)
    if properties.get("EventSelectors"):
        trails.put_event_selectors(TrailName=name, EventSelectors=properties["EventSelectors"])
    if str(properties.get("IsLogging", True)).lower() == "true":
        trails.start_logging(Name=name)
    return name, {"Arn": made["TrailARN"], "SnsTopicArn": made.get("SnsTopicARN", "")}


def _delete(physical: str, _properties: Properties) -> None:
    stack_client("cloudtrail").delete_trail(Name=physical)
