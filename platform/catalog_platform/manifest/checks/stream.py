"""Rules about the stream and its consumers."""

from __future__ import annotations

from collections.abc import Iterator

from catalog_platform.manifest.checks.rule import Rule, RuleViolation
from catalog_platform.model import Manifest

STREAM_ENDPOINT = "kinesis-streams"


def shards_match_the_mode(manifest: Manifest) -> Iterator[RuleViolation]:
    """A provisioned stream has a number of shards; an on-demand stream has none."""
    stream = manifest.stream
    if stream.mode == "on_demand" and stream.shards is not None:
        yield RuleViolation(
            "stream.shards",
            f"{stream.shards} is not allowed: AWS scales the shards of an on_demand stream",
            "write `shards: null`, or set stream.mode to provisioned",
            ("stream.mode",),
        )
    if stream.mode == "provisioned" and stream.shards is None:
        yield RuleViolation(
            "stream.shards",
            "null is not allowed: a provisioned stream needs a number of shards",
            "set a number, for example 2, or set stream.mode to on_demand",
            ("stream.mode",),
        )


def record_age_is_below_stream_retention(manifest: Manifest) -> Iterator[RuleViolation]:
    """The maximum age of a retried record is less than the retention of the stream.

    Otherwise the stream can delete a record before it becomes a dead letter.
    """
    age = manifest.processor.maximum_record_age_seconds
    kept = manifest.stream.retention_hours * 3600
    if age >= kept:
        yield RuleViolation(
            "processor.maximum_record_age_seconds",
            f"{age} s must be less than the {kept} s (stream.retention_hours: "
            f"{manifest.stream.retention_hours}) for which the stream keeps a record; "
            "otherwise the stream can delete records between retries",
            f"set it to {kept // 2} or less, or increase stream.retention_hours",
            ("stream.retention_hours",),
        )


def dead_letters_outlive_the_stream(manifest: Manifest) -> Iterator[RuleViolation]:
    """Dead letters are kept at least as long as the records in the stream."""
    kept, readable = manifest.dead_letters.payload_retention_days, manifest.stream.retention_hours
    if kept * 24 < readable:
        needed = -(-readable // 24)
        yield RuleViolation(
            "dead_letters.payload_retention_days",
            f"{kept} days are less than stream.retention_hours, which is {readable} hours",
            f"set it to {needed} or more",
            ("stream.retention_hours",),
        )


def record_age_allows_a_retry(manifest: Manifest) -> Iterator[RuleViolation]:
    """The maximum age of a record allows at least one retry.

    Before a retry, the record can wait for the batch window and for an invocation that times out.
    """
    processor = manifest.processor
    longest = processor.batch_window_seconds + processor.timeout_seconds
    if processor.maximum_record_age_seconds <= longest:
        yield RuleViolation(
            "processor.maximum_record_age_seconds",
            f"{processor.maximum_record_age_seconds} s can pass in a single invocation: "
            f"batch_window_seconds ({processor.batch_window_seconds}) plus timeout_seconds "
            f"({processor.timeout_seconds}) is {longest} s",
            f"set it to more than {longest}",
            ("processor.timeout_seconds", "processor.batch_window_seconds"),
        )


def concurrency_serves_every_shard(manifest: Manifest) -> Iterator[RuleViolation]:
    """Reserved concurrency is enough to process batches of all shards at the same time."""
    processor, shards = manifest.processor, manifest.stream.shards
    if processor.reserved_concurrency is None or shards is None:
        return
    needed = shards * processor.parallelization_factor
    if processor.reserved_concurrency < needed:
        yield RuleViolation(
            "processor.reserved_concurrency",
            f"{processor.reserved_concurrency} is less than the {needed} concurrent batches of "
            f"{shards} shards times parallelization_factor {processor.parallelization_factor}",
            f"set it to {needed} or more",
            ("processor.parallelization_factor", "stream.shards"),
        )


def replayer_reaches_the_stream(manifest: Manifest) -> Iterator[RuleViolation]:
    """The replayer can reach Kinesis: through a NAT gateway or an interface endpoint."""
    network = manifest.network
    if (
        manifest.replayer.enabled
        and manifest.release.target == "aws"
        and not network.nat_gateways
        and STREAM_ENDPOINT not in network.interface_endpoints
    ):
        yield RuleViolation(
            "replayer.enabled",
            f"true needs access to Kinesis, but network.interface_endpoints lacks "
            f"{STREAM_ENDPOINT} and network.nat_gateways is 0",
            f"add {STREAM_ENDPOINT}, or set replayer.enabled to false",
            ("network.interface_endpoints", "network.nat_gateways"),
        )


RULES: tuple[Rule, ...] = (
    shards_match_the_mode,
    record_age_is_below_stream_retention,
    dead_letters_outlive_the_stream,
    record_age_allows_a_retry,
    concurrency_serves_every_shard,
    replayer_reaches_the_stream,
)
