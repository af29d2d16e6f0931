"""Assembly of the replayer, one per invocation; clients live as long as the environment."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Any

from catalog_runtime import aws, logs
from failure_replayer.bucket import S3DeadLetterBucket
from failure_replayer.replay_log import S3ReplayLog
from failure_replayer.replayer import Replayer
from failure_replayer.settings import Settings
from failure_replayer.stream import KinesisStream


@dataclass(frozen=True, slots=True)
class Clients:
    """Settings and clients, which outlive an invocation."""

    settings: Settings
    s3: Any
    kinesis: Any


@cache
def clients() -> Clients:
    """Return settings and clients from the environment variables. Raises `SettingsError`."""
    settings = Settings.parse(os.environ)
    logs.configure(settings.environment_name, settings.log_level)
    return Clients(
        settings,
        s3=aws.client("s3", connect_seconds=1, read_seconds=5, attempts=3),
        # One attempt: a call that timed out may have put its records, and a retry would put them
        # twice unnoticed.
        kinesis=aws.client("kinesis", connect_seconds=1, read_seconds=10, attempts=1),
    )


def replayer(in_time: Callable[[], bool]) -> Replayer:
    """Return a replayer, without state of earlier runs, that stops when `in_time` is false."""
    found = clients()
    bucket = found.settings.dead_letter_bucket
    return Replayer(
        S3DeadLetterBucket(found.s3, bucket),
        S3ReplayLog(found.s3, bucket),
        KinesisStream(found.kinesis, found.settings.stream_name),
        in_time,
    )
