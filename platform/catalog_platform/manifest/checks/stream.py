"""Rules about the stream and what reads it."""

from __future__ import annotations

from collections.abc import Iterator

from catalog_platform.manifest.checks.rule import Problem, Rule
from catalog_platform.model import Manifest

STREAM_ENDPOINT = "kinesis-streams"


def shards_follow_the_mode(manifest: Manifest) -> Iterator[Problem]:
    """A provisioned stream has a number of shards; AWS chooses it for one on demand."""
    stream = manifest.stream
    if stream.mode == "on_demand" and stream.shards is not None:
        yield Problem(
            "stream.shards",
            f"a stream on demand has no fixed number of shards, but {stream.shards} is set",
            "write `shards: null`",
            ("stream.mode",),
        )
    if stream.mode == "provisioned" and stream.shards is None:
        yield Problem(
            "stream.shards",
            "a provisioned stream needs a number of shards",
            "for example 2",
            ("stream.mode",),
        )


def failing_records_end_before_the_stream_does(manifest: Manifest) -> Iterator[Problem]:
    """A record that leaves the stream while it is retried is lost without a trace."""
    age = manifest.processor.maximum_record_age_seconds
    kept = manifest.stream.retention_hours * 3600
    if age >= kept:
        yield Problem(
            "processor.maximum_record_age_seconds",
            f"{age} s is not less than the {kept} s (stream.retention_hours: "
            f"{manifest.stream.retention_hours}) that records are kept: they could be lost "
            "while they are retried",
            f"use at most {kept // 2}, or keep records longer",
            ("stream.retention_hours",),
        )


def dead_letters_outlive_the_stream(manifest: Manifest) -> Iterator[Problem]:
    """What could not be applied is kept at least as long as what could be read again anyway."""
    kept, readable = manifest.dead_letters.payload_retention_days, manifest.stream.retention_hours
    if kept * 24 < readable:
        needed = -(-readable // 24)
        yield Problem(
            "dead_letters.payload_retention_days",
            f"{kept} days are less than the {readable} hours of stream.retention_hours: the stream "
            "would outlive its dead letters",
            f"use {needed} or more",
            ("stream.retention_hours",),
        )


def records_live_through_one_run(manifest: Manifest) -> Iterator[Problem]:
    """A record waits for its batch to fill and for the run to end before it can be retried."""
    processor = manifest.processor
    longest = processor.batch_window_seconds + processor.timeout_seconds
    if processor.maximum_record_age_seconds <= longest:
        yield Problem(
            "processor.maximum_record_age_seconds",
            f"{processor.maximum_record_age_seconds} s can be over after a single run: "
            f"batch_window_seconds {processor.batch_window_seconds} + timeout_seconds "
            f"{processor.timeout_seconds}",
            f"use more than {longest}",
            ("processor.timeout_seconds", "processor.batch_window_seconds"),
        )


def concurrency_serves_every_shard(manifest: Manifest) -> Iterator[Problem]:
    """With less reserved, some shards wait while others are read."""
    processor, shards = manifest.processor, manifest.stream.shards
    if processor.reserved_concurrency is None or shards is None:
        return
    needed = shards * processor.parallelization_factor
    if processor.reserved_concurrency < needed:
        yield Problem(
            "processor.reserved_concurrency",
            f"{processor.reserved_concurrency} is less than the {needed} batches that "
            f"{shards} shards x parallelization_factor "
            f"{processor.parallelization_factor} run at once",
            f"use {needed} or more",
            ("processor.parallelization_factor", "stream.shards"),
        )


def replayer_reaches_the_stream(manifest: Manifest) -> Iterator[Problem]:
    """From inside a closed network, Kinesis is only there over an endpoint of its own."""
    network = manifest.network
    if (
        manifest.replayer.enabled
        and manifest.release.target == "aws"
        and not network.nat_gateways
        and STREAM_ENDPOINT not in network.interface_endpoints
    ):
        yield Problem(
            "replayer.enabled",
            f"the replayer puts records on the stream, and there is neither {STREAM_ENDPOINT} "
            "among network.interface_endpoints nor a NAT gateway",
            f"add {STREAM_ENDPOINT}, or write `enabled: false`",
            ("network.interface_endpoints", "network.nat_gateways"),
        )


RULES: tuple[Rule, ...] = (
    shards_follow_the_mode,
    failing_records_end_before_the_stream_does,
    dead_letters_outlive_the_stream,
    records_live_through_one_run,
    concurrency_serves_every_shard,
    replayer_reaches_the_stream,
)
