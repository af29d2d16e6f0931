"""What rings, from which value on, and who is told.

The name of an alarm is its key here, the name of its runbook in docs/runbooks, and the beginning
of what CloudWatch calls it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from catalog_platform.model.alarm import (
    Alarm,
    CountAlarm,
    MemoryAlarm,
    PercentAlarm,
    SecondsAlarm,
    Severity,
    StorageAlarm,
    ThresholdAlarm,
    TooFewAlarm,
)
from catalog_platform.model.section import Section

_RANKS = {"warning": 1, "critical": 2}


class Subscription(Section, frozen=True, kw_only=True):
    """One receiver of alarms."""

    protocol: Annotated[
        Literal["email", "https", "sms", "sqs", "lambda"], Meta(description="How it is reached.")
    ]
    endpoint: Annotated[
        str,
        Meta(
            description="Address, URL, telephone number or ARN, as the protocol asks.",
            min_length=3,
            max_length=2048,
            examples=["catalog-on-call@example.com"],
        ),
    ]
    severities: Annotated[
        tuple[Severity, ...],
        Meta(description="Which alarms it is told of.", min_length=1, max_length=2),
    ]


class Alarms(Section, frozen=True, kw_only=True):
    """The subscribers, the dashboard, and the alarms."""

    subscriptions: Annotated[
        tuple[Subscription, ...], Meta(description="Receivers of alarms.", max_length=20)
    ]
    runbook_base_url: Annotated[
        str,
        Meta(
            description="Where the runbooks are read: every alarm's description links to its own. "
            "A path is one of this repository.",
            pattern=r"^(https://[^\s/]+|[^\s/:]+)(/[^\s/]+)*$",
            max_length=300,
            examples=["https://github.com/example/catalog/blob/main/docs/runbooks"],
        ),
    ]
    dashboard: Annotated[bool, Meta(description="A CloudWatch dashboard; AWS bills each.")]
    minimum_severity: Annotated[
        Literal["warning", "critical", "off"],
        Meta(description="Lesser alarms are not made, with off none at all; AWS bills each."),
    ]
    catalog_unhealthy: Annotated[Alarm, Meta(description="Any critical alarm rings.")]
    iterator_age: Annotated[SecondsAlarm, Meta(description="Age of the oldest unread update.")]
    updates_stopped: Annotated[TooFewAlarm, Meta(description="Updates put in one hour.")]
    write_throttling: Annotated[CountAlarm, Meta(description="Refused puts in five minutes.")]
    processor_errors: Annotated[PercentAlarm, Meta(description="Invocations that fail.")]
    processor_throttles: Annotated[CountAlarm, Meta(description="Refused calls in five minutes.")]
    processor_duration: Annotated[
        PercentAlarm, Meta(description="Longest invocation, as a share of the timeout.")
    ]
    batch_failures: Annotated[PercentAlarm, Meta(description="Batches that have to be repeated.")]
    cache_failures: Annotated[PercentAlarm, Meta(description="Batches that miss the cache.")]
    malformed_records: Annotated[PercentAlarm, Meta(description="Updates that are refused.")]
    dead_letters: Annotated[CountAlarm, Meta(description="Announcements nobody has dealt with.")]
    batches_given_up: Annotated[
        CountAlarm, Meta(description="Updates given up, with payload, in five minutes.")
    ]
    updates_dropped: Annotated[
        CountAlarm, Meta(description="Updates given up without payload in five minutes.")
    ]
    database_cpu: Annotated[PercentAlarm, Meta(description="Processor load of an instance.")]
    database_connections: Annotated[CountAlarm, Meta(description="Connections of an instance.")]
    database_free_storage: Annotated[StorageAlarm, Meta(description="Free disk of an instance.")]
    database_free_memory: Annotated[MemoryAlarm, Meta(description="Free memory of an instance.")]
    database_replica_lag: Annotated[
        SecondsAlarm,
        Meta(
            description="Least lag of a replica in five minutes; when nothing is written, it "
            "climbs to 300 and falls again."
        ),
    ]
    cache_cpu: Annotated[PercentAlarm, Meta(description="Load of the busiest node's engine.")]
    cache_memory: Annotated[PercentAlarm, Meta(description="Memory in use on the fullest node.")]
    cache_evictions: Annotated[CountAlarm, Meta(description="Evicted keys in five minutes.")]
    cache_replication_lag: Annotated[SecondsAlarm, Meta(description="Lag of the last replica.")]
    key_errors: Annotated[
        CountAlarm,
        Meta(description="Failed uses of the key in five minutes; read from the audit trail."),
    ]

    @property
    def thresholds(self) -> Mapping[str, ThresholdAlarm]:
        """Every alarm with a threshold, by name, whatever its severity."""
        values = msgspec.structs.asdict(self)
        return {name: value for name, value in values.items() if isinstance(value, ThresholdAlarm)}

    def severity_of(self, alarm: Alarm) -> Severity | None:
        """Who is told of an alarm; None for one that is not to be made."""
        if alarm.severity == "off" or self.minimum_severity == "off":
            return None
        if _RANKS[alarm.severity] < _RANKS[self.minimum_severity]:
            return None
        return alarm.severity
