"""Rules of DB instances that the service model of RDS does not contain.

https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_Operations.html
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ministack.services import rds

from embedded_aws.emulator.request_validation import offers, rds_storage, rds_versions
from embedded_aws.emulator.request_validation.errors import Refusal
from embedded_aws.emulator.request_validation.rds_limits import (
    ENGINE,
    instance,
    instance_exists,
    instance_not_found,
    invalid,
)

Parameters = Mapping[str, Any]

# Of the emulator's instances without a setting.
DEFAULT_STORAGE_GIB = 20


def create(parameters: Parameters) -> Refusal | None:
    """https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_CreateDBInstance.html"""
    engine, version = parameters.get("Engine", ENGINE), parameters.get("EngineVersion")
    allocated = parameters.get("AllocatedStorage", DEFAULT_STORAGE_GIB)
    return (
        instance_exists(parameters["DBInstanceIdentifier"])
        or (rds_versions.is_offered(engine, version) if version else None)
        or instance_class(parameters, engine)
        or rds_storage.autoscaling(allocated, _maximum(parameters, allocated))
        or (_group(parameters, engine, version) if version else None)
        or subnet_group(parameters)
    )


def _maximum(parameters: Parameters, allocated: int) -> int | None:
    maximum: int | None = parameters.get("MaxAllocatedStorage")
    return None if maximum == allocated else maximum


def instance_class(parameters: Parameters, engine: str = ENGINE) -> Refusal | None:
    """Return a refusal of an instance class that RDS does not offer for PostgreSQL."""
    name = parameters.get("DBInstanceClass")
    if engine != ENGINE or name is None or name.removeprefix("db.") in offers.classes("rds"):
        return None
    return Refusal("InvalidParameterValue", f"Invalid DB Instance class: {name}")


def _group(parameters: Parameters, engine: str, version: str) -> Refusal | None:
    name = parameters.get("DBParameterGroupName")
    return rds_versions.parameter_group(name, engine, version) if name else None


def subnet_group(parameters: Parameters) -> Refusal | None:
    """Return a refusal of a subnet group that does not exist."""
    name = parameters.get("DBSubnetGroupName", "default")
    if name == "default" or name in rds._subnet_groups:
        return None
    return Refusal("DBSubnetGroupNotFoundFault", f"DB subnet group '{name}' does not exist.", 404)


def create_replica(parameters: Parameters) -> Refusal | None:
    """https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_CreateDBInstanceReadReplica.html"""
    source = instance(parameters.get("SourceDBInstanceIdentifier", ""))
    if source is None:
        return instance_not_found(parameters.get("SourceDBInstanceIdentifier", ""))
    taken = instance_exists(parameters["DBInstanceIdentifier"]) or instance_class(parameters)
    if taken:
        return taken
    if not source["BackupRetentionPeriod"]:
        return Refusal(
            "InvalidDBInstanceState",
            "Automated backups are not enabled for this database instance. To enable automated"
            " backups, use ModifyDBInstance to set the backup retention period to a non-zero"
            " value.",
        )
    version = parameters.get("EngineVersion", source["EngineVersion"])
    return rds_versions.behind_source(version, source["DBInstanceIdentifier"]) or _group(
        parameters, source["Engine"], source["EngineVersion"]
    )


def modify(parameters: Parameters) -> Refusal | None:
    """https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_ModifyDBInstance.html"""
    found = instance(parameters["DBInstanceIdentifier"])
    if found is None:
        return instance_not_found(parameters["DBInstanceIdentifier"])
    renamed = parameters.get("NewDBInstanceIdentifier")
    version = parameters.get("EngineVersion", found["EngineVersion"])
    return (
        (instance_exists(renamed) if renamed else None)
        or rds_versions.upgrade(parameters, found)
        or instance_class(parameters, found["Engine"])
        or rds_storage.refusal(parameters, found)
        or _group(parameters, found["Engine"], version)
        or _backups(parameters, found)
    )


def _backups(parameters: Parameters, found: Parameters) -> Refusal | None:
    """Return a refusal of no backups while read replicas need them."""
    if parameters.get("BackupRetentionPeriod") == 0 and found["ReadReplicaDBInstanceIdentifiers"]:
        return invalid(
            "Backups cannot be disabled on this DB instance because it has read replicas."
        )
    return None


def delete(parameters: Parameters) -> Refusal | None:
    """https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_DeleteDBInstance.html"""
    found = instance(parameters["DBInstanceIdentifier"])
    if found is None:
        return instance_not_found(parameters["DBInstanceIdentifier"])
    if found["DeletionProtection"]:
        return invalid(
            "Cannot delete protected DB Instance, please disable deletion protection and try again."
        )
    skips, snapshot = (
        parameters.get("SkipFinalSnapshot"),
        parameters.get("FinalDBSnapshotIdentifier"),
    )
    if skips and snapshot:
        return invalid(
            "FinalDBSnapshotIdentifier can not be specified when deleting with SkipFinalSnapshot"
        )
    if found["ReadReplicaSourceDBInstanceIdentifier"]:
        return (
            None
            if skips or not snapshot
            else invalid(
                "FinalDBSnapshotIdentifier can not be specified when deleting a read replica"
            )
        )
    if not skips and not snapshot:
        return invalid(
            "FinalDBSnapshotIdentifier is required unless SkipFinalSnapshot is specified."
        )
    if snapshot and snapshot in rds._snapshots:
        return Refusal(
            "DBSnapshotAlreadyExists", f"Cannot create the snapshot because {snapshot} exists."
        )
    return None


RULES = {
    "CreateDBInstance": create,
    "CreateDBInstanceReadReplica": create_replica,
    "DeleteDBInstance": delete,
    "ModifyDBInstance": modify,
}
