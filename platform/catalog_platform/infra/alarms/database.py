"""Alarms on the PostgreSQL instance and each read replica."""

from __future__ import annotations

from aws_cdk import Duration
from aws_cdk import aws_rds as rds

from catalog_platform.infra.alarms import missing_data
from catalog_platform.infra.alarms.factory import AlarmFactory
from catalog_platform.infra.database import Database

GIBIBYTE = 2**30
MEBIBYTE = 2**20
PERIOD = Duration.minutes(5)
ALWAYS_REPORTED = missing_data.breaching("a running instance reports every minute")


def add_alarms(factory: AlarmFactory, database: Database) -> None:
    """Create the alarms on every database instance.

    https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/rds-metrics.html
    """
    _add_instance_alarms(factory, "Database", database.instance, "the database")
    for number, replica in enumerate(database.replicas, start=1):
        _add_instance_alarms(factory, f"DatabaseReplica{number}", replica, f"read replica {number}")
        factory.add_alarm(
            f"DatabaseReplica{number}Lag",
            "database_replica_lag",
            # Without writes, PostgreSQL's lag rises for five minutes and drops to zero.
            replica.metric("ReplicaLag", period=PERIOD, statistic="Minimum"),
            summary=f"Fires when read replica {number} lags behind the database. Clients that read "
            "from the replica see old stock",
            periods=2,
            missing_data=missing_data.breaching("a replicating replica reports every minute"),
        )


def _add_instance_alarms(
    factory: AlarmFactory, id_: str, instance: rds.IDatabaseInstance, label: str
) -> None:
    for suffix, name, metric, summary, scale in (
        (
            "Cpu",
            "database_cpu",
            instance.metric_cpu_utilization(period=PERIOD, statistic="Average"),
            "has high CPU utilization",
            1,
        ),
        (
            "Connections",
            "database_connections",
            instance.metric_database_connections(period=PERIOD, statistic="Maximum"),
            "has many open connections. It refuses new ones at its limit",
            1,
        ),
        (
            "FreeStorage",
            "database_free_storage",
            instance.metric_free_storage_space(period=PERIOD, statistic="Minimum"),
            "is low on storage. It stops when the storage is full",
            GIBIBYTE,
        ),
        (
            "FreeMemory",
            "database_free_memory",
            instance.metric_freeable_memory(period=PERIOD, statistic="Minimum"),
            "is low on memory",
            MEBIBYTE,
        ),
    ):
        factory.add_alarm(
            f"{id_}{suffix}",
            name,
            metric,
            summary=f"Fires when {label} {summary}",
            periods=2,
            missing_data=ALWAYS_REPORTED,
            scale=scale,
        )
