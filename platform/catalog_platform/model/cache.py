"""The `cache` section: the Redis-compatible cache on ElastiCache."""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta

from catalog_platform.model.section import DailyWindow, Section, WeeklyWindow


class Cache(Section, frozen=True, kw_only=True):
    """The ElastiCache replication group."""

    engine: Annotated[
        Literal["valkey", "redis"], Meta(description="Cache engine; both use the same protocol.")
    ]
    engine_version: Annotated[
        str,
        Meta(
            description="Engine version, in quotes.",
            pattern=r"^[0-9]{1,2}\.[0-9]{1,2}$",
            examples=["8.1"],
        ),
    ]
    node_type: Annotated[
        str,
        Meta(
            description="ElastiCache node type.",
            pattern=r"^cache\.[a-z0-9]+\.[a-z0-9]+$",
            examples=["cache.t4g.small"],
        ),
    ]
    port: Annotated[int, Meta(description="TCP port.", ge=1024, le=65535)]
    cluster_mode: Annotated[
        bool, Meta(description="Use cluster mode, which distributes keys across several shards.")
    ]
    shards: Annotated[
        int, Meta(description="Number of shards; more than one requires cluster mode.", ge=1, le=90)
    ]
    replicas_per_shard: Annotated[
        int, Meta(description="Replicas that take over when a shard's primary fails.", ge=0, le=5)
    ]
    transit_encryption: Annotated[
        bool, Meta(description="Encrypt connections with TLS; clients verify the server.")
    ]
    authentication: Annotated[
        bool, Meta(description="Require a generated token from clients; needs transit encryption.")
    ]
    snapshot_retention_days: Annotated[
        int, Meta(description="Days to keep daily snapshots; 0 takes none.", ge=0, le=35)
    ]
    snapshot_window: Annotated[DailyWindow, Meta(description="Daily snapshot window, UTC.")]
    maintenance_window: Annotated[WeeklyWindow, Meta(description="Weekly maintenance window, UTC.")]
