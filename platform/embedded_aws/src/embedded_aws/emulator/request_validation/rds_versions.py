"""Rules of engine versions and parameter groups of RDS.

https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_UpgradeDBInstance.PostgreSQL.html
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ministack.services import rds

from embedded_aws.emulator.request_validation import offers
from embedded_aws.emulator.request_validation.errors import Refusal
from embedded_aws.emulator.request_validation.rds_limits import ENGINE, invalid

Parameters = Mapping[str, Any]


def is_offered(engine: str, version: str) -> Refusal | None:
    """https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_CreateDBInstance.html"""
    if engine != ENGINE or offers.is_offered(engine, version):
        return None
    return invalid(f"Cannot find version {version} for {engine}")


def upgrade(parameters: Parameters, instance: Parameters) -> Refusal | None:
    """https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_ModifyDBInstance.html"""
    old, new = instance["EngineVersion"], parameters.get("EngineVersion", "")
    if instance["Engine"] != ENGINE or new in ("", old):
        return None
    refused = is_offered(ENGINE, new)
    if refused:
        return refused
    if offers.number(new) < offers.number(old)[: len(offers.number(new))]:
        return invalid(f"Cannot upgrade {ENGINE} from {old} to {new}")
    older = behind_source(new, instance["ReadReplicaSourceDBInstanceIdentifier"])
    if older:
        return older
    if offers.major(new) > offers.major(old):
        return _major_upgrade(parameters, instance)
    waiting = [
        name
        for name in instance["ReadReplicaDBInstanceIdentifiers"]
        if offers.number(rds._instances[name]["EngineVersion"]) < offers.number(new)
    ]
    if not waiting:
        return None
    return Refusal(
        "DBUpgradeDependencyFailure",
        f"One or more of the DB Instance's read replicas need to be upgraded: {', '.join(waiting)}",
    )


def behind_source(version: str, source: str) -> Refusal | None:
    """Return a refusal of a replica's version that is older than that of its source.

    https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_PostgreSQL.Replication.ReadReplicas.html
    """
    found = rds._instances.get(source.rpartition(":")[2]) if source else None
    if found is None:
        return None
    current, wanted = offers.number(found["EngineVersion"]), offers.number(version)
    if wanted >= current[: len(wanted)]:
        return None
    return invalid(
        f"The engine version {version} of the read replica is older than {found['EngineVersion']},"
        " that of its source."
    )


def _major_upgrade(parameters: Parameters, instance: Parameters) -> Refusal | None:
    """https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_UpgradeDBInstance.PostgreSQL.MajorVersion.html"""
    if not parameters.get("AllowMajorVersionUpgrade"):
        return invalid(
            "The AllowMajorVersionUpgrade flag must be present when upgrading to a new major"
            " version."
        )
    if instance["ReadReplicaSourceDBInstanceIdentifier"]:
        return invalid("A read replica is upgraded to a new major version with its source.")
    (current,) = (group["DBParameterGroupName"] for group in instance["DBParameterGroups"])
    if "DBParameterGroupName" not in parameters and not current.startswith("default."):
        return invalid(
            f"The current DB instance parameter group {current} is custom. You must explicitly"
            " specify a new DB instance parameter group, either default or custom, for the engine"
            " version upgrade."
        )
    return None


def parameter_group(name: str, engine: str, version: str) -> Refusal | None:
    """Return a refusal unless the group exists and has the family of the version."""
    if engine != ENGINE:
        return None
    needed = f"{engine}{offers.major(version)}"
    if name.startswith("default."):
        family = name.removeprefix("default.")
    elif name in rds._param_groups:
        family = rds._param_groups[name]["DBParameterGroupFamily"]
    else:
        return Refusal("DBParameterGroupNotFound", f"DBParameterGroup not found: {name}", 404)
    if family == needed:
        return None
    return invalid(
        f"The parameter group {name} with DBParameterGroupFamily {family} can't be used for this"
        f" instance. Please use a parameter group with DBParameterGroupFamily {needed}"
    )
