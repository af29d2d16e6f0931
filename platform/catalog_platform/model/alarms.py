"""The `alarms` section: subscriptions, the dashboard, and the thresholds of all alarms.

An alarm has the same name here and in docs/runbooks.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from catalog_platform.model.alarm import (
    Alarm,
    CountAlarm,
    LowCountAlarm,
    LowPercentAlarm,
    MemoryAlarm,
    PercentAlarm,
    SecondsAlarm,
    Severity,
    StorageAlarm,
    ThresholdAlarm,
)
from catalog_platform.model.section import Section

_RANKS = {"warning": 1, "critical": 2}


class Subscription(Section, frozen=True, kw_only=True):
    """One subscriber to alarm notifications."""

    protocol: Annotated[
        Literal["email", "https", "sms", "sqs", "lambda"], Meta(description="Delivery protocol.")
    ]
    endpoint: Annotated[
        str,
        Meta(
            description="Email address, URL, telephone number or ARN, depending on the protocol.",
            min_length=3,
            max_length=2048,
            examples=["catalog-on-call@example.com"],
        ),
    ]
    severities: Annotated[
        tuple[Severity, ...],
        Meta(description="Severities to notify about.", min_length=1, max_length=2),
    ]


class Alarms(Section, frozen=True, kw_only=True):
    """Subscriptions, the dashboard, and the alarms."""

    subscriptions: Annotated[
        tuple[Subscription, ...],
        Meta(description="Subscribers to alarm notifications.", max_length=20),
    ]
    runbook_base_url: Annotated[
        str,
        Meta(
            description="Base URL of the runbooks. Every alarm's description links to its "
            "runbook. A path is relative to this repository; production needs a URL.",
            pattern=r"^(https://[^\s/]+|[^\s/:]+)(/[^\s/]+)*$",
            max_length=300,
            examples=["https://github.com/example/catalog/blob/main/docs/runbooks"],
        ),
    ]
    dashboard: Annotated[
        bool, Meta(description="Create a CloudWatch dashboard. AWS charges per dashboard.")
    ]
    minimum_severity: Annotated[
        Literal["warning", "critical", "off"],
        Meta(
            description="Alarms below this severity are not created; `off` creates none. AWS "
            "charges per alarm."
        ),
    ]
    catalog_unhealthy: Annotated[
        Alarm, Meta(description="Fires while any critical alarm is active.")
    ]
    iterator_age: Annotated[SecondsAlarm, Meta(description="Age of the oldest unread update.")]
    updates_stopped: Annotated[LowCountAlarm, Meta(description="Updates received per hour.")]
    write_throttling: Annotated[
        CountAlarm, Meta(description="Throttled writes to the stream in five minutes.")
    ]
    processor_errors: Annotated[PercentAlarm, Meta(description="Share of failed invocations.")]
    processor_throttles: Annotated[
        CountAlarm, Meta(description="Throttled invocations in five minutes.")
    ]
    processor_duration: Annotated[
        PercentAlarm, Meta(description="Longest invocation, as a share of the timeout.")
    ]
    batch_failures: Annotated[
        PercentAlarm, Meta(description="Share of batches that fail and are retried.")
    ]
    cache_failures: Annotated[
        PercentAlarm, Meta(description="Share of batches that are not written to the cache.")
    ]
    malformed_records: Annotated[
        PercentAlarm, Meta(description="Share of updates that are rejected as malformed.")
    ]
    dead_letters: Annotated[
        CountAlarm, Meta(description="Messages waiting in the dead-letter queue.")
    ]
    discarded_batches: Annotated[
        CountAlarm,
        Meta(
            description="Updates discarded after the last retry in five minutes, with their "
            "payloads saved."
        ),
    ]
    updates_dropped: Annotated[
        CountAlarm,
        Meta(
            description="Updates discarded after the last retry in five minutes, with their "
            "payloads not saved."
        ),
    ]
    database_cpu: Annotated[PercentAlarm, Meta(description="CPU utilization of an instance.")]
    database_connections: Annotated[
        CountAlarm, Meta(description="Open connections to an instance.")
    ]
    database_free_storage: Annotated[StorageAlarm, Meta(description="Free storage of an instance.")]
    database_free_memory: Annotated[MemoryAlarm, Meta(description="Free memory of an instance.")]
    database_replica_lag: Annotated[
        SecondsAlarm,
        Meta(
            description="Lowest lag of a read replica in five minutes. Without writes, the lag "
            "rises to 300 seconds and drops again."
        ),
    ]
    proxy_availability: Annotated[
        LowPercentAlarm,
        Meta(description="Share of the time in which the proxy reaches the database."),
    ]
    rotation_failures: Annotated[
        CountAlarm, Meta(description="Failed steps of the password rotation in an hour.")
    ]
    cache_cpu: Annotated[
        PercentAlarm, Meta(description="Engine CPU utilization of the busiest node.")
    ]
    cache_memory: Annotated[
        PercentAlarm, Meta(description="Memory utilization of the fullest node.")
    ]
    cache_evictions: Annotated[CountAlarm, Meta(description="Evicted keys in five minutes.")]
    cache_replication_lag: Annotated[
        SecondsAlarm, Meta(description="Lag of the replica that is furthest behind.")
    ]
    reader_errors: Annotated[
        PercentAlarm, Meta(description="Share of queries that the reader fails to answer.")
    ]
    backups_missing: Annotated[
        LowCountAlarm,
        Meta(
            description="Completed backups per day, of the database and the archive together; "
            "fires after two days."
        ),
    ]
    key_errors: Annotated[
        CountAlarm,
        Meta(
            description="Failed uses of the stores' KMS key in five minutes, counted in the "
            "CloudTrail log. A call that disables the key or schedules its deletion always fires."
        ),
    ]

    @property
    def thresholds(self) -> Mapping[str, ThresholdAlarm]:
        """Return every alarm that has a threshold, by name, regardless of its severity."""
        values = msgspec.structs.asdict(self)
        return {name: value for name, value in values.items() if isinstance(value, ThresholdAlarm)}

    def severity_of(self, alarm: Alarm) -> Severity | None:
        """Return the severity of an alarm, or None if the alarm isn't created."""
        if alarm.severity == "off" or self.minimum_severity == "off":
            return None
        if _RANKS[alarm.severity] < _RANKS[self.minimum_severity]:
            return None
        return alarm.severity
