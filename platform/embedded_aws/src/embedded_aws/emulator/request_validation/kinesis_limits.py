"""Refusals and limits that the rules of Kinesis share."""

from __future__ import annotations

from typing import Any

from ministack.core.responses import get_account_id, get_region
from ministack.services import kinesis

from embedded_aws.emulator.request_validation.errors import Refusal
from embedded_aws.emulator.streams import open_shards

# https://docs.aws.amazon.com/streams/latest/dev/service-sizes-and-limits.html
LARGE_REGIONS = ("us-east-1", "us-west-2", "eu-west-1")
LARGE_SHARD_QUOTA, SHARD_QUOTA = 20_000, 6_000


def invalid(message: str) -> Refusal:
    """Return the refusal of an argument that breaks a rule."""
    return Refusal("InvalidArgumentException", message)


def beyond_quota(additional: int) -> Refusal | None:
    """Return a refusal if the account may not have that many shards more."""
    quota = LARGE_SHARD_QUOTA if get_region() in LARGE_REGIONS else SHARD_QUOTA
    current = sum(len(open_shards(stream)) for stream in kinesis._streams.values())
    if current + additional <= quota:
        return None
    return Refusal(
        "LimitExceededException",
        f"This request would exceed the shard limit for the account {get_account_id()} in"
        f" {get_region()}. Current shard count for the account: {current}. Limit: {quota}."
        f" Number of additional shards that would have resulted from this request: {additional}.",
    )


def not_active(stream: Any) -> Refusal | None:
    """Return a refusal unless the stream is active."""
    status = stream["StreamStatus"]
    if status == "ACTIVE":
        return None
    return Refusal(
        "ResourceInUseException",
        f"Stream {stream['StreamName']} under account {get_account_id()} not ACTIVE, instead in"
        f" state {status}",
    )
