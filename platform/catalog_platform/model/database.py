"""The `database` section: PostgreSQL on RDS, the system of record for stock."""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta

from catalog_platform.model.section import (
    DailyWindow,
    OnRemoval,
    Section,
    SecurityGroup,
    WeeklyWindow,
)


class Database(Section, frozen=True, kw_only=True):
    """The PostgreSQL instance and its replicas."""

    identifier: Annotated[
        Annotated[str, Meta(pattern=r"^[a-z][a-z0-9]*(-[a-z0-9]+)*$", max_length=50)] | None,
        Meta(
            description="Identifier of the instance, fixed at creation. RDS names log groups after "
            "it, so the stack can encrypt and expire them only if it is set. null: "
            "CloudFormation generates it; logs never expire and are encrypted with an AWS key.",
            examples=["catalog-prod"],
        ),
    ]
    restore_from: Annotated[
        Annotated[
            str,
            Meta(
                pattern=r"^(db-[A-Z0-9]{20,30}"
                r"|(arn:aws[a-z-]*:rds:[a-z0-9-]+:[0-9]{12}:snapshot:)?((rds|awsbackup):)?"
                r"[a-z][a-z0-9]*(-[a-z0-9]+)*)$",
                max_length=300,
            ),
        ]
        | None,
        Meta(
            description="What the instance was created from: a snapshot, or, with `restore_time`, "
            "another instance by its resource id. Changing it replaces the instance, so it needs "
            "another `identifier`; keep it after the restore. null: an empty database.",
            examples=["rds:catalog-prod-2026-11-26-03-05", "db-ABCDEFGHIJKLMNOPQRSTUVWXYZ"],
        ),
    ]
    restore_time: Annotated[
        Annotated[
            str,
            Meta(
                pattern=r"^20[0-9]{2}-[01][0-9]-[0-3][0-9]"
                r"T([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]Z$"
            ),
        ]
        | None,
        Meta(
            description="Point in time, UTC, to which the instance `restore_from` is restored. "
            "null: `restore_from` is a snapshot.",
            examples=["2026-11-26T02:15:00Z"],
        ),
    ]
    engine_version: Annotated[
        str,
        Meta(
            description="PostgreSQL version, major.minor, in quotes.",
            pattern=r"^[0-9]{2}\.[0-9]{1,2}$",
            examples=["17.9"],
        ),
    ]
    replica_engine_version: Annotated[
        Annotated[str, Meta(pattern=r"^[0-9]{2}\.[0-9]{1,2}$")] | None,
        Meta(
            description="PostgreSQL version of the read replicas; null: the version of the "
            "instance. RDS upgrades replicas first: raise it in one change and `engine_version` "
            "in the next.",
            examples=["17.10"],
        ),
    ]
    allow_major_upgrade: Annotated[
        bool,
        Meta(
            description="Allow `engine_version` to move to a new major version. Set it for the "
            "change that does so."
        ),
    ]
    instance_class: Annotated[
        str,
        Meta(
            description="RDS instance class.",
            pattern=r"^db\.[a-z0-9]+\.[a-z0-9]+$",
            examples=["db.t4g.small"],
        ),
    ]
    name: Annotated[
        str,
        Meta(
            description="Name of the database.",
            pattern=r"^[a-z][a-z0-9_]{0,62}$",
            examples=["catalog"],
        ),
    ]
    username: Annotated[
        str,
        Meta(
            description="Owner of the database; its password is generated and stored only in "
            "Secrets Manager. RDS allows 16 characters.",
            pattern=r"^[a-z][a-z0-9_]*$",
            max_length=16,
            examples=["catalogadmin"],
        ),
    ]
    application_username: Annotated[
        str,
        Meta(
            description="Role that the processor logs in as. It can read and write stock and does "
            "not own the tables.",
            pattern=r"^[a-z][a-z0-9_]{0,62}$",
            examples=["catalog_app"],
        ),
    ]
    reader_username: Annotated[
        str,
        Meta(
            description="Role that the catalog reader logs in as. It can read stock and facts of "
            "articles, and change nothing.",
            pattern=r"^[a-z][a-z0-9_]{0,62}$",
            examples=["catalog_reader"],
        ),
    ]
    authentication: Annotated[
        Literal["iam", "password"],
        Meta(
            description="How the functions log in: with an IAM token that is valid for 15 "
            "minutes, or with a generated password."
        ),
    ]
    secret_rotation_days: Annotated[
        Annotated[int, Meta(ge=1, le=365)] | None,
        Meta(description="Days between password rotations; null: never."),
    ]
    proxy: Annotated[
        bool,
        Meta(
            description="Use RDS Proxy, which pools the functions' connections and keeps them "
            "open during a failover."
        ),
    ]
    port: Annotated[int, Meta(description="TCP port.", ge=1150, le=65535)]
    client_security_groups: Annotated[
        tuple[SecurityGroup, ...],
        Meta(
            description="Security groups of clients outside this stack that may connect to the "
            "instance, its replicas and the proxy, in this VPC or a peered one.",
            max_length=20,
        ),
    ]
    multi_az: Annotated[bool, Meta(description="Keep a standby in a second availability zone.")]
    read_replicas: Annotated[
        int,
        Meta(
            description="Number of read replicas. The catalog reader reads pages of a warehouse's "
            "stock from them; everything else is read from the primary.",
            ge=0,
            le=5,
        ),
    ]
    storage_gib: Annotated[int, Meta(description="Initial storage, in GiB.", ge=20, le=65536)]
    maximum_storage_gib: Annotated[
        int, Meta(description="Upper limit of storage autoscaling, in GiB.", ge=20, le=65536)
    ]
    backup_retention_days: Annotated[
        int, Meta(description="Days of point-in-time recovery; 0 disables it.", ge=0, le=35)
    ]
    backup_window: Annotated[
        DailyWindow,
        Meta(description="Daily backup window, UTC."),
    ]
    maintenance_window: Annotated[
        WeeklyWindow,
        Meta(description="Weekly maintenance window, UTC."),
    ]
    require_tls: Annotated[
        bool, Meta(description="Reject connections without TLS; clients verify the server.")
    ]
    statement_audit: Annotated[
        bool, Meta(description="Log DDL, role and write statements with pgaudit.")
    ]
    performance_insights: Annotated[bool, Meta(description="Enable RDS Performance Insights.")]
    monitoring_interval_seconds: Annotated[
        Literal[0, 1, 5, 10, 15, 30, 60],
        Meta(description="Interval of RDS Enhanced Monitoring, in seconds; 0 disables it."),
    ]
    deletion_protection: Annotated[bool, Meta(description="RDS refuses to delete the instance.")]
    on_removal: Annotated[
        OnRemoval,
        Meta(description="What happens to the data when the database is removed from the stack."),
    ]
