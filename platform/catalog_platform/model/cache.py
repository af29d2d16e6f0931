"""The `cache` section: the Redis-compatible cache on ElastiCache."""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta

from catalog_platform.model.section import DailyWindow, Section, SecurityGroup, WeeklyWindow


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
        Literal["disabled", "compatible", "enabled"],
        Meta(
            description="Cluster mode, which distributes keys across several shards. A deployed "
            "cache goes from disabled to enabled in two edits, through compatible, in which "
            "clients with and without the cluster protocol can connect."
        ),
    ]
    shards: Annotated[
        int,
        Meta(
            description="Number of shards; more than one requires cluster mode enabled. A cluster "
            "adds and removes shards while it serves clients.",
            ge=1,
            le=90,
        ),
    ]
    replicas_per_shard: Annotated[
        int, Meta(description="Replicas that take over when a shard's primary fails.", ge=0, le=5)
    ]
    automatic_failover: Annotated[
        bool,
        Meta(
            description="Promote a replica in another zone when a shard's primary fails. The first "
            "replica is added before failover is enabled, and the last one is removed after it is "
            "disabled: two edits each."
        ),
    ]
    transit_encryption: Annotated[
        Literal["off", "preferred", "required"],
        Meta(
            description="TLS for connections; the functions use it unless it is off, and verify "
            "the server. A deployed cache goes from off to required in two edits, through "
            "preferred, in which clients with and without TLS can connect."
        ),
    ]
    authentication: Annotated[
        bool,
        Meta(description="Require a generated token from clients; needs TLS to be required."),
    ]
    snapshot_retention_days: Annotated[
        int, Meta(description="Days to keep daily snapshots; 0 takes none.", ge=0, le=35)
    ]
    snapshot_window: Annotated[DailyWindow, Meta(description="Daily snapshot window, UTC.")]
    maintenance_window: Annotated[WeeklyWindow, Meta(description="Weekly maintenance window, UTC.")]
    client_security_groups: Annotated[
        tuple[SecurityGroup, ...],
        Meta(
            description="Security groups of clients outside this stack that may connect to the "
            "cache, in this VPC or a peered one.",
            max_length=20,
        ),
    ]

    @property
    def is_cluster(self) -> bool:
        """Return whether clients use the cluster protocol; compatible mode accepts it too."""
        return self.cluster_mode != "disabled"

    @property
    def uses_tls(self) -> bool:
        """Return whether the functions use TLS."""
        return self.transit_encryption != "off"
