"""Alarms on PostgreSQL: the instance and each of its replicas."""

from __future__ import annotations

from aws_cdk import Duration
from aws_cdk import aws_rds as rds

from catalog_platform.infra.alarms import missing_data
from catalog_platform.infra.alarms.factory import AlarmFactory
from catalog_platform.infra.database import Database

GIBIBYTE = 2**30
MEBIBYTE = 2**20
PERIOD = Duration.minutes(5)
RUNS = missing_data.breaching("an instance that runs reports every minute")


def watch(factory: AlarmFactory, database: Database) -> None:
    """Hang up the alarms of every database instance.

    https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/rds-metrics.html
    """
    _watch_instance(factory, "Database", database.instance, "The database")
    for number, replica in enumerate(database.replicas, start=1):
        _watch_instance(factory, f"DatabaseReplica{number}", replica, f"Read replica {number}")
        factory.add_alarm(
            f"DatabaseReplica{number}Lag",
            "database_replica_lag",
            # Without writes the lag of PostgreSQL climbs for five minutes and falls to nothing.
            replica.metric("ReplicaLag", period=PERIOD, statistic="Minimum"),
            means=f"Read replica {number} is behind: whoever reads from it sees old stock",
            periods=2,
            missing_data=missing_data.breaching("a replica that replicates reports every minute"),
        )


def _watch_instance(
    factory: AlarmFactory, id_: str, instance: rds.IDatabaseInstance, who: str
) -> None:
    for subject, name, metric, means, scale in (
        (
            "Cpu",
            "database_cpu",
            instance.metric_cpu_utilization(period=PERIOD, statistic="Average"),
            "is short of processor time",
            1,
        ),
        (
            "Connections",
            "database_connections",
            instance.metric_database_connections(period=PERIOD, statistic="Maximum"),
            "has more connections than it should; at its limit it refuses new ones",
            1,
        ),
        (
            "FreeStorage",
            "database_free_storage",
            instance.metric_free_storage_space(period=PERIOD, statistic="Minimum"),
            "runs out of storage; without any it stops",
            GIBIBYTE,
        ),
        (
            "FreeMemory",
            "database_free_memory",
            instance.metric_freeable_memory(period=PERIOD, statistic="Minimum"),
            "runs out of memory",
            MEBIBYTE,
        ),
    ):
        factory.add_alarm(
            f"{id_}{subject}",
            name,
            metric,
            means=f"{who} {means}",
            periods=2,
            missing_data=RUNS,
            scale=scale,
        )
