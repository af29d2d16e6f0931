"""Snapshots and restores of DB instances, with their data.

A snapshot is a copy of the server's data; a restored instance has a server of its own with a copy
of it. The latest time of an instance is a copy of its present data.
https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_RestoreFromSnapshot.html
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from ministack.services import rds

from embedded_aws.emulator.database_servers import Server, Servers
from embedded_aws.emulator.handlers import Properties
from embedded_aws.emulator.template_checks import check

# A private key of the emulator's records of instances, and one of its records of snapshots.
SERVER, COPY = "_EmbeddedServer", "_EmbeddedCopy"
# What a restored instance takes from its origin.
INHERITED = ("Engine", "MasterUsername", "DBName")
# Settings of the calls by name of the record's key.
FLAGS = {
    "CopyTagsToSnapshot": "CopyTagsToSnapshot",
    "DeletionProtection": "DeletionProtection",
    "EnableIAMDatabaseAuthentication": "IAMDatabaseAuthenticationEnabled",
}
Attach = Callable[[str, str], dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Origin:
    """What an instance is restored from: a snapshot, or the latest time of an instance."""

    record: dict[str, Any]
    is_snapshot: bool

    @property
    def inherited(self) -> dict[str, Any]:
        """Return the properties that the restored instance has from its origin."""
        return {name: self.record[name] for name in INHERITED}


def install(servers: Servers, attach: Attach) -> None:
    """Wrap the API operations; `attach` publishes the server of an instance."""
    _keep_data_of_snapshots(servers)
    original = rds._ACTION_MAP["RestoreDBInstanceFromDBSnapshot"]

    def restore(parameters: Any) -> Any:
        name = rds._p(parameters, "DBSnapshotIdentifier").rpartition(":")[2]
        given = {**parameters, "DBSnapshotIdentifier": name}
        taken = Origin(rds._snapshots[name], is_snapshot=True)
        return _restored(servers, attach, taken, lambda: original(given), given)

    def to_point_in_time(parameters: Any) -> Any:
        source = rds._resolve_instance(rds._p(parameters, "SourceDBInstanceIdentifier"))
        target = rds._p(parameters, "TargetDBInstanceIdentifier")
        name = f"point-in-time-of-{target}"
        given = {**parameters, "DBInstanceIdentifier": target, "DBSnapshotIdentifier": name}
        taken = Origin(source, is_snapshot=False)
        # The emulator restores snapshots only.
        rds._snapshots[name] = source
        try:
            answer = _restored(servers, attach, taken, lambda: original(given), given)
        finally:
            del rds._snapshots[name]
        operation = b"RestoreDBInstanceToPointInTime"
        status, headers, body = answer
        return status, headers, body.replace(b"RestoreDBInstanceFromDBSnapshot", operation)

    rds._ACTION_MAP["RestoreDBInstanceFromDBSnapshot"] = restore
    rds._ACTION_MAP["RestoreDBInstanceToPointInTime"] = to_point_in_time


def _keep_data_of_snapshots(servers: Servers) -> None:
    """Copy the data with each snapshot, and delete the copy with it."""
    original_take = rds._create_snapshot_internal
    original_delete = rds._ACTION_MAP["DeleteDBSnapshot"]

    def take(name: str, instance: dict[str, Any]) -> dict[str, Any]:
        # The emulator's names of final snapshots repeat.
        replaced = rds._snapshots.get(name) or {}
        copied = servers.snapshot(servers.get(instance[SERVER])) if SERVER in instance else None
        snapshot: dict[str, Any] = original_take(name, instance)
        if copied:
            snapshot[COPY] = copied
        if COPY in replaced:
            servers.forget(replaced[COPY])
        return snapshot

    def delete(parameters: Any) -> Any:
        snapshot = rds._snapshots.get(rds._p(parameters, "DBSnapshotIdentifier"))
        answer = original_delete(parameters)
        if answer[0] < 400 and snapshot and COPY in snapshot:
            servers.forget(snapshot[COPY])
        return answer

    rds._create_snapshot_internal = take
    rds._ACTION_MAP["DeleteDBSnapshot"] = delete


def is_restore(properties: Properties) -> bool:
    """Return whether a template creates an instance from a snapshot or a time."""
    return bool(
        properties.get("DBSnapshotIdentifier")
        or properties.get("RestoreTime")
        or properties.get("UseLatestRestorableTime")
    )


def origin(properties: Properties, identifier: str) -> Origin:
    """Return what a template restores. Raises `ValueError` if AWS refuses it."""
    snapshot = properties.get("DBSnapshotIdentifier")
    if snapshot:
        check("rds", "RestoreDBInstanceFromDBSnapshot", properties, DBInstanceIdentifier=identifier)
        return Origin(rds._snapshots[snapshot.rpartition(":")[2]], is_snapshot=True)
    check(
        "rds", "RestoreDBInstanceToPointInTime", properties, TargetDBInstanceIdentifier=identifier
    )
    return Origin(
        rds._resolve_instance(properties["SourceDBInstanceIdentifier"]), is_snapshot=False
    )


def server(servers: Servers, restored: Origin, properties: Properties) -> Server:
    """Start the server of a restored instance; a password of the template replaces the old one."""
    copied = restored.record.get(COPY) if restored.is_snapshot else None
    if restored.is_snapshot and copied is None:
        raise ValueError(
            f"the embedded AWS has no data of {restored.record['DBSnapshotIdentifier']}"
        )
    taken = copied or servers.snapshot(servers.get(restored.record[SERVER]))
    try:
        started = servers.restore(taken, restored.record["DBName"])
    finally:
        if not restored.is_snapshot:
            servers.forget(taken)
    password = properties.get("MasterUserPassword")
    if password:
        started.set_password(restored.record["MasterUsername"], password)
    return started


def _restored(
    servers: Servers, attach: Attach, restored: Origin, call: Callable[[], Any], given: Any
) -> Any:
    """Restore by API: start the server, then record the instance."""
    started = None
    if COPY in restored.record or SERVER in restored.record:
        started = server(servers, restored, {})
    answer = call()
    if answer[0] >= 400:
        return answer
    instance = rds._instances[rds._p(given, "DBInstanceIdentifier")]
    for name, key in FLAGS.items():
        instance[key] = rds._p(given, name) == "true"
    group = rds._p(given, "DBParameterGroupName")
    if group:
        instance["DBParameterGroups"][0]["DBParameterGroupName"] = group
    named = rds._subnet_groups.get(rds._p(given, "DBSubnetGroupName"))
    if named:
        instance["DBSubnetGroup"] = named
    if started:
        attach(instance["DBInstanceIdentifier"], started.name)
    operation = "RestoreDBInstanceFromDBSnapshot"
    return rds._single_instance_response(f"{operation}Response", f"{operation}Result", instance)
