"""PostgreSQL on RDS: the truth about stock."""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta

from catalog_platform.model.section import DailyWindow, OnRemoval, Section, WeeklyWindow


class Database(Section, frozen=True, kw_only=True):
    """The PostgreSQL instance and its replicas."""

    identifier: Annotated[
        Annotated[str, Meta(pattern=r"^[a-z][a-z0-9]*(-[a-z0-9]+)*$", max_length=50)] | None,
        Meta(
            description="Name of the instance, chosen at birth: RDS names the log groups of its "
            "exports after it, and only known names can be encrypted and expire. null: "
            "CloudFormation names it, and its logs are kept for ever under AWS's own key.",
            examples=["catalog-prod"],
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
        Meta(description="Name of the database.", pattern=r"^[a-z][a-z0-9_]{0,62}$"),
    ]
    username: Annotated[
        str,
        Meta(
            description="Owner of the database; the password is generated and never seen.",
            pattern=r"^[a-z][a-z0-9_]{0,62}$",
        ),
    ]
    application_username: Annotated[
        str,
        Meta(
            description="Role that the processor logs in as: reads and writes stock, owns nothing.",
            pattern=r"^[a-z][a-z0-9_]{0,62}$",
        ),
    ]
    authentication: Annotated[
        Literal["iam", "password"],
        Meta(
            description="How the processor logs in: by a token that IAM grants for a quarter of "
            "an hour, or by a generated password."
        ),
    ]
    secret_rotation_days: Annotated[
        Annotated[int, Meta(ge=1, le=365)] | None,
        Meta(description="Days between rotations of the passwords; null: never."),
    ]
    proxy: Annotated[
        bool,
        Meta(
            description="RDS Proxy: the processor's connections are pooled and survive a failover."
        ),
    ]
    port: Annotated[int, Meta(description="TCP port.", ge=1150, le=65535)]
    multi_az: Annotated[bool, Meta(description="A standby in a second zone.")]
    read_replicas: Annotated[int, Meta(description="Read replicas.", ge=0, le=5)]
    storage_gib: Annotated[int, Meta(description="Storage at birth, in GiB.", ge=20, le=65536)]
    maximum_storage_gib: Annotated[
        int, Meta(description="Where storage autoscaling stops, in GiB.", ge=20, le=65536)
    ]
    backup_retention_days: Annotated[
        int, Meta(description="Days of point-in-time recovery; 0 switches it off.", ge=0, le=35)
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
        bool, Meta(description="Refuse connections without TLS; clients verify the server.")
    ]
    statement_audit: Annotated[
        bool, Meta(description="pgaudit: data definition, roles and writes are logged.")
    ]
    performance_insights: Annotated[bool, Meta(description="RDS Performance Insights.")]
    monitoring_interval_seconds: Annotated[
        Literal[0, 1, 5, 10, 15, 30, 60],
        Meta(description="Interval of enhanced monitoring; 0 switches it off."),
    ]
    deletion_protection: Annotated[bool, Meta(description="RDS refuses to delete the instance.")]
    on_removal: Annotated[
        OnRemoval, Meta(description="What becomes of the data when it leaves the stack.")
    ]
