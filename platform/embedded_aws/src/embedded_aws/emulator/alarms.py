"""`AWS::CloudWatch::Alarm` with metric math, and `AWS::CloudWatch::CompositeAlarm`.

The emulator refuses both in templates. Alarms with metric math are recorded and never evaluated:
they stay in INSUFFICIENT_DATA. Composite alarms use the CloudWatch API and are evaluated.
"""

from __future__ import annotations

import uuid
from typing import Any

from ministack.services.cloudformation import provisioners

from embedded_aws.emulator.handlers import (
    Created,
    Properties,
    changed_tags,
    completing,
    register,
    stack_client,
    tags,
)

# Placeholder for the namespace of a plain alarm; no metric has it.
NAMESPACE = "Expression"


def install() -> None:
    """Register composite alarms, and wrap the function that creates an alarm from properties."""
    register("AWS::CloudWatch::CompositeAlarm", _create, _delete, update=_update)
    original = provisioners._cw_metric_alarm_record

    def record(name: str, props: Properties) -> dict[str, Any]:
        metrics = props.get("Metrics")
        if not metrics:
            return original(name, props)  # type: ignore[no-any-return]
        plain = {key: value for key, value in props.items() if key != "Metrics"}
        shown: Properties = next(
            (m for m in metrics if str(m.get("ReturnData", True)).lower() == "true"), {}
        )
        label = shown.get("Label") or shown.get("Id", "expression")
        found: dict[str, Any] = original(
            name, {**plain, "MetricName": label, "Namespace": NAMESPACE}
        )
        return {**found, "Metrics": metrics}

    provisioners._cw_metric_alarm_record = record


def _create(logical: str, properties: Properties, stack: str) -> Created:
    # A replacement needs a name that is not in use.
    name = properties.get("AlarmName") or f"{stack}-{logical}-{uuid.uuid4().hex[:12].upper()}"
    stack_client("cloudwatch").put_composite_alarm(
        AlarmName=name, Tags=tags(properties), **_parameters(properties)
    )
    return name, {"Arn": _arn(name)}


def _update(physical: str, old: Properties, new: Properties) -> Created:
    watching = stack_client("cloudwatch")
    watching.put_composite_alarm(AlarmName=physical, **_parameters(new))
    arn = _arn(physical)
    with completing(physical):
        added, removed = changed_tags(old, new)
        if added:
            watching.tag_resource(ResourceARN=arn, Tags=added)
        if removed:
            watching.untag_resource(ResourceARN=arn, TagKeys=removed)
    return physical, {"Arn": arn}


def _parameters(properties: Properties) -> dict[str, Any]:
    return {
        key: properties[key]
        for key in (
            "AlarmRule",
            "AlarmDescription",
            "AlarmActions",
            "OKActions",
            "InsufficientDataActions",
        )
        if key in properties
    }


def _arn(name: str) -> str:
    found = stack_client("cloudwatch").describe_alarms(
        AlarmNames=[name], AlarmTypes=["CompositeAlarm"]
    )
    return str(found["CompositeAlarms"][0]["AlarmArn"])


def _delete(physical: str, _properties: Properties) -> None:
    stack_client("cloudwatch").delete_alarms(AlarmNames=[physical])
