"""`AWS::CloudTrail::Trail`: recorded with the CloudTrail API; no logs are delivered."""

from __future__ import annotations

from typing import Any

from embedded_aws.emulator.handlers import (
    Created,
    Properties,
    changed_tags,
    completing,
    register,
    stack_client,
    tags,
)

# Parameters by property, with their values when the property is absent.
_TEXTS = {
    "S3BucketName": "S3BucketName",
    "S3KeyPrefix": "S3KeyPrefix",
    "SnsTopicName": "SnsTopicName",
    "CloudWatchLogsLogGroupArn": "CloudWatchLogsLogGroupArn",
    "CloudWatchLogsRoleArn": "CloudWatchLogsRoleArn",
    "KMSKeyId": "KmsKeyId",
}
_FLAGS = {
    "IncludeGlobalServiceEvents": True,
    "IsMultiRegionTrail": False,
    "EnableLogFileValidation": False,
}
# What a trail without selectors records:
# https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_GetEventSelectors.html
_DEFAULT_SELECTORS = [{"ReadWriteType": "All", "IncludeManagementEvents": True}]


def install() -> None:
    """Register the type."""
    register("AWS::CloudTrail::Trail", _create, _delete, update=_update)


def _create(logical: str, properties: Properties, stack: str) -> Created:
    name = properties.get("TrailName") or f"{stack}-{logical}"
    trails = stack_client("cloudtrail")
    given = {api: text for api, text in _parameters(properties).items() if text != ""}
    made = trails.create_trail(Name=name, TagsList=tags(properties), **given)
    with completing(name):
        _select(name, {}, properties)
        _log(name, properties)
    return name, _attributes(made)


def _update(physical: str, old: Properties, new: Properties) -> Created:
    trails = stack_client("cloudtrail")
    changed = trails.update_trail(Name=physical, **_parameters(new))
    with completing(physical):
        _select(physical, old, new)
        _log(physical, new)
        added, removed = changed_tags(old, new)
        if added:
            trails.add_tags(ResourceId=changed["TrailARN"], TagsList=added)
        if removed:
            trails.remove_tags(
                ResourceId=changed["TrailARN"], TagsList=[{"Key": key} for key in removed]
            )
    return physical, _attributes(changed)


def _parameters(properties: Properties) -> dict[str, Any]:
    texts = {api: properties.get(name, "") for name, api in _TEXTS.items()}
    flags = {name: _true(properties.get(name, default)) for name, default in _FLAGS.items()}
    return {**texts, **flags}


def _select(name: str, old: Properties, new: Properties) -> None:
    """Set the event selectors; those that are no longer in the template become the default."""
    basic, advanced = new.get("EventSelectors"), new.get("AdvancedEventSelectors")
    if advanced:
        selectors = {"AdvancedEventSelectors": advanced}
    elif basic or old.get("EventSelectors") or old.get("AdvancedEventSelectors"):
        selectors = {"EventSelectors": [_selector(each) for each in basic or _DEFAULT_SELECTORS]}
    else:
        return
    stack_client("cloudtrail").put_event_selectors(TrailName=name, **selectors)


def _selector(given: Properties) -> dict[str, Any]:
    events = given.get("IncludeManagementEvents", True)
    return {**given, "IncludeManagementEvents": _true(events)}


def _log(name: str, properties: Properties) -> None:
    trails = stack_client("cloudtrail")
    if _true(properties.get("IsLogging", True)):
        trails.start_logging(Name=name)
    else:
        trails.stop_logging(Name=name)


def _attributes(trail: Properties) -> dict[str, Any]:
    return {"Arn": trail["TrailARN"], "SnsTopicArn": trail.get("SnsTopicARN", "")}


def _true(value: Any) -> bool:
    return str(value).lower() == "true"


def _delete(physical: str, _properties: Properties) -> None:
    stack_client("cloudtrail").delete_trail(Name=physical)
