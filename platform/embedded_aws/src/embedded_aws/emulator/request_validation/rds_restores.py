"""Rules of snapshots and restores of DB instances.

https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/CHAP_CommonTasks.BackupRestore.html
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ministack.services import rds

from embedded_aws.emulator.request_validation.errors import Refusal
from embedded_aws.emulator.request_validation.rds_instances import instance_class, subnet_group
from embedded_aws.emulator.request_validation.rds_limits import (
    instance,
    instance_exists,
    instance_not_found,
    invalid,
)

Parameters = Mapping[str, Any]


def create_snapshot(parameters: Parameters) -> Refusal | None:
    """https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_CreateDBSnapshot.html"""
    found = instance(parameters["DBInstanceIdentifier"])
    if found is None:
        return instance_not_found(parameters["DBInstanceIdentifier"])
    name = parameters["DBSnapshotIdentifier"]
    if name in rds._snapshots:
        return Refusal("DBSnapshotAlreadyExists", f"Snapshot {name} already exists")
    return None


def from_snapshot(parameters: Parameters) -> Refusal | None:
    """https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_RestoreDBInstanceFromDBSnapshot.html"""
    name = parameters.get("DBSnapshotIdentifier", "").rpartition(":")[2]
    if name not in rds._snapshots:
        return Refusal("DBSnapshotNotFound", f"DBSnapshot not found: {name}", 404)
    return (
        instance_exists(parameters["DBInstanceIdentifier"])
        or instance_class(parameters)
        or subnet_group(parameters)
    )


def to_point_in_time(parameters: Parameters) -> Refusal | None:
    """https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_RestoreDBInstanceToPointInTime.html"""
    source = parameters.get("SourceDBInstanceIdentifier", "")
    found = instance(source)
    if found is None:
        return instance_not_found(source)
    latest = bool(parameters.get("UseLatestRestorableTime"))
    if latest == ("RestoreTime" in parameters):
        return invalid("Specify either RestoreTime or UseLatestRestorableTime.")
    if not found["BackupRetentionPeriod"]:
        return Refusal(
            "PointInTimeRestoreNotEnabled",
            f"Point in time restore is not enabled for DB instance {source}.",
        )
    if not latest:
        return invalid(
            "The embedded AWS keeps no logs of transactions, so it restores the latest time only:"
            " use UseLatestRestorableTime."
        )
    return (
        instance_exists(parameters["TargetDBInstanceIdentifier"])
        or instance_class(parameters)
        or subnet_group(parameters)
    )


RULES = {
    "CreateDBSnapshot": create_snapshot,
    "RestoreDBInstanceFromDBSnapshot": from_snapshot,
    "RestoreDBInstanceToPointInTime": to_point_in_time,
}
