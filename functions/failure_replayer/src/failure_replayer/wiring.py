"""Puts a replayer together for one invocation; clients last as long as the environment."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Any

from catalog_runtime import aws, logs
from failure_replayer.bucket import S3Letters
from failure_replayer.ledger import S3Ledger
from failure_replayer.replayer import Replayer
from failure_replayer.settings import Settings
from failure_replayer.stream import KinesisStream


@dataclass(frozen=True, slots=True)
class Clients:
    """What outlives an invocation."""

    settings: Settings
    s3: Any
    kinesis: Any


@cache
def clients() -> Clients:
    """The clients that the environment variables describe. Raises `SettingsError`."""
    settings = Settings.parse(os.environ)
    logs.configure(settings.environment_name, settings.log_level)
    return Clients(
        settings,
        s3=aws.client("s3", connect_seconds=1, read_seconds=5, attempts=3),
        # A call that timed out may have put its records: one attempt, so that nobody puts them
        # twice unseen.
        kinesis=aws.client("kinesis", connect_seconds=1, read_seconds=10, attempts=1),
    )


def replayer(in_time: Callable[[], bool]) -> Replayer:
    """A replayer that stops when it is no longer `in_time`; it knows of no earlier run."""
    found = clients()
    bucket = found.settings.dead_letter_bucket
    return Replayer(
        S3Letters(found.s3, bucket),
        S3Ledger(found.s3, bucket),
        KinesisStream(found.kinesis, found.settings.stream_name),
        in_time,
    )
