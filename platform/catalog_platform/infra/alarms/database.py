"""Alarms on PostgreSQL: the instance and each of its replicas."""

from __future__ import annotations

from aws_cdk import Duration
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_rds as rds

from catalog_platform import model
from catalog_platform.infra.alarms.bell import ABOVE, BELOW, Bell
from catalog_platform.infra.database import Database

GIBIBYTE = 2**30
MEBIBYTE = 2**20
PERIOD = Duration.minutes(5)


def watch(bell: Bell, spec: model.Alarms, database: Database) -> None:
    """Hang up the alarms of every database instance."""
    _watch_instance(bell, spec, "Database", database.instance)
    for number, replica in enumerate(database.replicas, start=1):
        _watch_instance(bell, spec, f"DatabaseReplica{number}", replica)


def _watch_instance(
    bell: Bell, spec: model.Alarms, name: str, instance: rds.IDatabaseInstance
) -> None:
    for subject, metric, comparison, threshold, description in (
        (
            "Cpu",
            instance.metric_cpu_utilization(period=PERIOD, statistic="Average"),
            ABOVE,
            spec.database_cpu_percent,
            "The database's processors are busy",
        ),
        (
            "Connections",
            instance.metric_database_connections(period=PERIOD, statistic="Maximum"),
            ABOVE,
            spec.database_connections,
            "The database has more connections than it should",
        ),
        (
            "FreeStorage",
            instance.metric_free_storage_space(period=PERIOD, statistic="Minimum"),
            BELOW,
            spec.database_free_storage_gib * GIBIBYTE,
            "The database runs out of storage",
        ),
        (
            "FreeMemory",
            instance.metric_freeable_memory(period=PERIOD, statistic="Minimum"),
            BELOW,
            spec.database_free_memory_mb * MEBIBYTE,
            "The database runs out of memory",
        ),
    ):
        bell.ring_when(
            f"{name}{subject}",
            metric,
            comparison,
            threshold,
            description=description,
            periods=2,
            # A running instance always reports.
            missing=cloudwatch.TreatMissingData.BREACHING,
        )
