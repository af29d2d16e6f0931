"""`AWS::Kinesis::Stream`: apply what the emulator's template handler ignores, and the API's rules.

The emulator changes values that AWS refuses, such as a retention of 12 hours.
"""

from __future__ import annotations

from typing import Any

from ministack.services import kinesis
from ministack.services.cloudformation import provisioners

from embedded_aws.emulator.handlers import Created, Properties, run_after, stack_client
from embedded_aws.emulator.request_validation import kinesis_quotas, rules
from embedded_aws.emulator.request_validation.kinesis import retention_refusal
from embedded_aws.emulator.streams import open_shards
from embedded_aws.emulator.template_checks import GENERATED, check

TYPE = "AWS::Kinesis::Stream"
RETENTION = "RetentionPeriodHours"
# https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-kinesis-stream.html
DEFAULT_RETENTION_HOURS = 24


def install() -> None:
    """Wrap the emulator's handler."""
    run_after(TYPE, _apply, check=_check)
    _count_mode_switches()


def _check(physical: str, old: Properties | None, new: Properties) -> None:
    """Raise `ValueError` if AWS refuses the stream or its change."""
    stream = None if old is None else kinesis._streams.get(physical)
    if stream is None:
        check("kinesis", "CreateStream", new, StreamName=new.get("Name", GENERATED))
        rules.raise_refusal("kinesis", retention_refusal(_retention(new)))
        return
    if _mode(stream) != _mode(new):
        refusal = kinesis_quotas.exceeded(stream, kinesis_quotas.SWITCHES)
        rules.raise_refusal("kinesis", refusal)
    named = {"StreamName": physical}
    hours = _retention(new)
    if hours != stream[RETENTION]:
        verb = "Increase" if hours > stream[RETENTION] else "Decrease"
        check("kinesis", f"{verb}StreamRetentionPeriod", {}, **named, RetentionPeriodHours=hours)
    count = _new_count(stream, new)
    # The shards of a stream that is switched now are changed after the switch.
    if count is not None and _mode(stream) == _mode(new):
        check("kinesis", "UpdateShardCount", {}, **named, TargetShardCount=count)


def _apply(name: str, old: Properties | None, new: Properties) -> None:
    api, stream = stack_client("kinesis"), kinesis._streams[name]
    # The emulator keeps the retention of a template that no longer has one.
    stream[RETENTION] = _retention(new)
    # The record says what an update that failed halfway has changed.
    wanted = new.get("StreamEncryption") or {"EncryptionType": "NONE"}
    current = {"EncryptionType": stream["EncryptionType"]}
    if current["EncryptionType"] != "NONE":
        current["KeyId"] = stream["KeyId"]
    if current != wanted:
        is_on = wanted["EncryptionType"] != "NONE"
        change = api.start_stream_encryption if is_on else api.stop_stream_encryption
        change(StreamName=name, **(wanted if is_on else current))
    count = None if old is None else _new_count(stream, new)
    if count is not None:
        api.update_shard_count(
            StreamName=name, TargetShardCount=count, ScalingType="UNIFORM_SCALING"
        )


def _count_mode_switches() -> None:
    """https://docs.aws.amazon.com/kinesis/latest/APIReference/API_UpdateStreamMode.html"""
    handler = provisioners._RESOURCE_HANDLERS[TYPE]
    original = handler["update"]

    def update(physical: str, old: Properties, new: Properties, *rest: Any) -> Created:
        stream = kinesis._streams.get(physical)
        is_switched = stream is not None and _mode(stream) != _mode(new)
        updated: Created = original(physical, old, new, *rest)
        if is_switched and updated[0] == physical:
            kinesis_quotas.count(stream, kinesis_quotas.SWITCHES)
        return updated

    handler["update"] = update


def _mode(properties: Properties) -> str:
    """Return the mode of a stream, by its properties or its record."""
    return str((properties.get("StreamModeDetails") or {}).get("StreamMode", "PROVISIONED"))


def _retention(properties: Properties) -> int:
    return int(properties.get(RETENTION, DEFAULT_RETENTION_HOURS))


def _new_count(stream: Properties, new: Properties) -> int | None:
    """Return the number of shards that a template wants, None if the stream has it already."""
    wanted = new.get("ShardCount")
    if wanted is None or _mode(new) == "ON_DEMAND":
        return None
    return None if int(wanted) == len(open_shards(dict(stream))) else int(wanted)
