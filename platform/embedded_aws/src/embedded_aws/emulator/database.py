"""`AWS::RDS::DBInstance` of PostgreSQL: a real role and database on a local server.

A database is deleted with its instance; the template's deletion policy decides. A snapshot keeps
the data under another name, and cannot be restored. A read replica is the database of its source
under another name.
"""

from __future__ import annotations

from typing import Any

from ministack.services import rds
from ministack.services.cloudformation import provisioners

from embedded_aws.emulator.database_servers import Servers
from embedded_aws.emulator.handlers import Created, Properties, may_block

TYPE = "AWS::RDS::DBInstance"
HOST = "127.0.0.1"
ENGINE = "postgres"

# A private key of the emulator's record of an instance.
_SERVER = "_EmbeddedServer"


def install(servers: Servers) -> None:
    """Wrap the emulator's handler."""
    may_block(TYPE)
    handler = provisioners._RESOURCE_HANDLERS[TYPE]
    instances = Instances(servers, dict(handler))
    handler.update(
        create=instances.create,
        update=instances.update,
        delete=instances.delete,
        snapshot=instances.snapshot,
    )
    # The emulator's update calls these two when it replaces an instance.
    provisioners._rds_db_instance_create = instances.create
    provisioners._rds_db_instance_delete = instances.delete


class Instances:
    """The template handler of DB instances; it wraps the emulator's handler."""

    def __init__(self, servers: Servers, original: dict[str, Any]) -> None:
        self._servers = servers
        self._stock = original
        self._snapshots: set[str] = set()

    def create(self, logical: str, properties: Properties, stack: str) -> Created:
        """Create the instance with its role and database. Raises `ValueError` when it cannot."""
        source = properties.get("SourceDBInstanceIdentifier")
        if source:
            return self._replicate(source, logical, properties, stack)
        if properties.get("Engine") != ENGINE:
            raise ValueError(
                f"Engine {properties.get('Engine')}: the embedded AWS has only {ENGINE}"
            )
        name = properties.get("DBName") or ENGINE
        owner = properties["MasterUsername"]
        server = self._servers.allocate(name, owner)
        server.create(name, owner, properties["MasterUserPassword"])
        identifier, _ = self._stock["create"](logical, {**properties, "DBName": name}, stack)
        rds._instances[identifier][_SERVER] = server.name
        return identifier, self._publish(identifier)

    def update(self, physical: str, old: Properties, new: Properties, *rest: Any) -> Created:
        """Update in place; when the emulator replaces an instance, it calls `create`."""
        identifier, _ = self._stock["update"](physical, old, new, *rest)
        instance = rds._instances[identifier]
        password = new.get("MasterUserPassword")
        if identifier == physical and password not in (None, old.get("MasterUserPassword")):
            self._servers.get(instance[_SERVER]).set_password(instance["MasterUsername"], password)
        return identifier, self._publish(identifier)

    def delete(self, physical: str, properties: Properties) -> None:
        """Delete the instance and, unless it is a replica, its data."""
        instance = rds._instances.get(physical)
        self._stock["delete"](physical, properties)
        if instance and not instance["ReadReplicaSourceDBInstanceIdentifier"]:
            server = self._servers.get(instance[_SERVER])
            kept = physical in self._snapshots
            self._servers.release(
                server, instance["DBName"], instance["MasterUsername"], retain=kept
            )

    def snapshot(self, physical: str, properties: Properties) -> None:
        """Mark the data to be kept: called before a deletion with a snapshot policy."""
        self._stock["snapshot"](physical, properties)
        self._snapshots.add(physical)

    def _replicate(self, source: str, logical: str, properties: Properties, stack: str) -> Created:
        primary = rds._instances.get(source.rpartition(":")[2])
        if primary is None:
            raise ValueError(f"DBInstanceNotFound: {source} not found")
        inherited = {
            name: primary[name] for name in ("Engine", "EngineVersion", "MasterUsername", "DBName")
        }
        identifier, _ = self._stock["create"](logical, {**inherited, **properties}, stack)
        replica = rds._instances[identifier]
        replica["ReadReplicaSourceDBInstanceIdentifier"] = primary["DBInstanceIdentifier"]
        replica[_SERVER] = primary[_SERVER]
        primary["ReadReplicaDBInstanceIdentifiers"].append(identifier)
        return identifier, self._publish(identifier)

    def _publish(self, identifier: str) -> dict[str, Any]:
        """Write the real endpoint into an instance's record and return its attributes."""
        instance = rds._instances[identifier]
        port = self._servers.get(instance[_SERVER]).port
        instance["Endpoint"].update(Address=HOST, Port=port)
        return provisioners._rds_db_instance_attrs(instance)  # type: ignore[no-any-return]
