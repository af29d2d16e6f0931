"""Who is told, and from which value on."""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta

from catalog_platform.model.section import Section


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


class Alarms(Section, frozen=True, kw_only=True):
    """The topic, its subscribers and the thresholds."""

    subscriptions: Annotated[
        tuple[Subscription, ...], Meta(description="Receivers of every alarm.", max_length=20)
    ]
    iterator_age_seconds: Annotated[
        int, Meta(description="Age of the oldest unprocessed update.", ge=1, le=604800)
    ]
    processor_error_percent: Annotated[
        int, Meta(description="Share of failing invocations.", ge=1, le=100)
    ]
    processor_duration_percent: Annotated[
        int, Meta(description="Duration, as a share of the timeout.", ge=1, le=100)
    ]
    database_cpu_percent: Annotated[int, Meta(description="Processor load.", ge=1, le=100)]
    database_connections: Annotated[int, Meta(description="Open connections.", ge=1, le=20000)]
    database_free_storage_gib: Annotated[
        int, Meta(description="Free storage below which it is an alarm, in GiB.", ge=1, le=65536)
    ]
    database_free_memory_mb: Annotated[
        int, Meta(description="Free memory below which it is an alarm, in MiB.", ge=1, le=1048576)
    ]
    cache_cpu_percent: Annotated[int, Meta(description="Engine load.", ge=1, le=100)]
    cache_memory_percent: Annotated[int, Meta(description="Memory in use.", ge=1, le=100)]
    cache_evictions: Annotated[
        int, Meta(description="Evicted keys in five minutes.", ge=1, le=1000000000)
    ]
