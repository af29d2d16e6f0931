"""DB instances of PostgreSQL: a real role and database on a local server.

A database is deleted with its instance; the template's deletion policy decides. A read replica is
the database of its source under another name, and becomes independent when its source is deleted.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ministack.services import rds
from ministack.services.cloudformation import provisioners

from embedded_aws.emulator import database_restores, service_linked_roles
from embedded_aws.emulator.database_servers import Server, Servers
from embedded_aws.emulator.handlers import Created, Properties, completing, may_block
from embedded_aws.emulator.request_validation import rds_storage
from embedded_aws.emulator.request_validation.offers import major
from embedded_aws.emulator.template_checks import GENERATED, changed, check

TYPE = "AWS::RDS::DBInstance"
HOST = "127.0.0.1"
ENGINE = "postgres"

# A private key of the emulator's record of an instance.
SERVER = "_EmbeddedServer"


def install(servers: Servers) -> None:
    """Wrap the emulator's template handler and API operations."""
    may_block(TYPE)
    handler = provisioners._RESOURCE_HANDLERS[TYPE]
    instances = Instances(servers, dict(handler))
    handler.update(create=instances.create, update=instances.update, delete=instances.delete)
    # The emulator's update calls these two when it replaces an instance.
    provisioners._rds_db_instance_create = instances.create
    provisioners._rds_db_instance_delete = instances.delete
    _wrap("ModifyDBInstance", instances.modify)
    _wrap("DeleteDBInstance", instances.delete_by_api)
    _wrap("DescribeDBInstances", _describe)
    database_restores.install(servers, instances.attach)


Call = Callable[[Any], Any]


def _wrap(operation: str, replacement: Callable[[Call, Any], Any]) -> None:
    """Replace an API operation; the replacement gets the original and the parameters."""
    original: Call = rds._ACTION_MAP[operation]
    rds._ACTION_MAP[operation] = lambda parameters: replacement(original, parameters)


def _describe(original: Call, parameters: Any) -> Any:
    for instance in rds._instances.values():
        rds_storage.end_optimization(instance)
    return original(parameters)


class Instances:
    """The template handler of DB instances; it wraps the emulator's handler."""

    def __init__(self, servers: Servers, original: dict[str, Any]) -> None:
        self._servers = servers
        self._stock = original

    def create(self, logical: str, properties: Properties, stack: str) -> Created:
        """Create the instance with its role and database. Raises `ValueError` when it cannot."""
        if database_restores.is_restore(properties):
            return self._restore(logical, properties, stack)
        source = properties.get("SourceDBInstanceIdentifier")
        if source:
            return self._replicate(source, logical, properties, stack)
        if properties.get("Engine") != ENGINE:
            raise ValueError(
                f"Engine {properties.get('Engine')}: the embedded AWS has only {ENGINE}"
            )
        check("rds", "CreateDBInstance", properties, DBInstanceIdentifier=_name(properties))
        service_linked_roles.ensure("rds.amazonaws.com")
        name = properties.get("DBName") or ENGINE
        owner = properties["MasterUsername"]
        server = self._servers.allocate(name, owner)
        server.create(name, owner, properties["MasterUserPassword"])
        return self._record(server, owner, logical, {**properties, "DBName": name}, stack)

    def _record(
        self, server: Server, owner: str, logical: str, properties: dict[str, Any], stack: str
    ) -> Created:
        """Record an instance; delete its data if that fails."""
        try:
            identifier, _ = self._stock["create"](logical, properties, stack)
        except Exception:
            self._servers.release(server, properties["DBName"], owner)
            raise
        return identifier, self.attach(identifier, server.name)

    def update(self, physical: str, old: Properties, new: Properties, *rest: Any) -> Created:
        """Update in place; when the emulator replaces an instance, it calls `create`."""
        differing = changed(old, new)
        before = dict(rds._instances.get(physical) or {})
        if before and "DBInstanceIdentifier" not in differing:
            allowed = new.get("AllowMajorVersionUpgrade")
            check(
                "rds",
                "ModifyDBInstance",
                {**differing, "AllowMajorVersionUpgrade": allowed},
                DBInstanceIdentifier=physical,
            )
        identifier, _ = self._stock["update"](physical, old, new, *rest)
        password = new.get("MasterUserPassword") if "MasterUserPassword" in differing else None
        if identifier == physical and before:
            with completing(physical):
                self._apply(before, rds._instances[identifier], password)
        return identifier, self.attach(identifier, rds._instances[identifier][SERVER])

    def modify(self, original: Call, parameters: Any) -> Any:
        """ModifyDBInstance; the rules have refused what AWS refuses."""
        instance = rds._resolve_instance(rds._p(parameters, "DBInstanceIdentifier"))
        before = dict(instance or {})
        answer = original(parameters)
        if answer[0] < 400 and instance:
            self._apply(before, instance, rds._p(parameters, "MasterUserPassword") or None)
        return answer

    def _apply(self, before: Properties, instance: dict[str, Any], password: str | None) -> None:
        """Apply what a change means beyond the record of the instance."""
        if rds_storage.changes(instance, before):
            rds_storage.mark_changed(instance)
        if password and SERVER in instance:
            server = self._servers.get(instance[SERVER])
            server.set_password(instance["MasterUsername"], password)
        if major(instance["EngineVersion"]) > major(before["EngineVersion"]):
            # A major upgrade includes the replicas of the region.
            for name in instance["ReadReplicaDBInstanceIdentifiers"]:
                rds._instances[name]["EngineVersion"] = instance["EngineVersion"]

    def delete(self, physical: str, properties: Properties) -> None:
        """Delete the instance and, unless another one uses them, its data."""
        instance = rds._instances.get(physical)
        if instance is None:
            return
        check("rds", "DeleteDBInstance", {}, DBInstanceIdentifier=physical, SkipFinalSnapshot=True)
        self._stock["delete"](physical, properties)
        self._release(instance)

    def delete_by_api(self, original: Call, parameters: Any) -> Any:
        """DeleteDBInstance, with the data."""
        instance = rds._resolve_instance(rds._p(parameters, "DBInstanceIdentifier"))
        answer = original(parameters)
        if answer[0] < 400 and instance:
            self._release(instance)
        return answer

    def _release(self, instance: dict[str, Any]) -> None:
        """Promote the replicas of a deleted instance, or delete its data.

        https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_ReadRepl.Promote.html
        """
        identifier = instance["DBInstanceIdentifier"]
        source = rds._instances.get(instance["ReadReplicaSourceDBInstanceIdentifier"])
        if source:
            source["ReadReplicaDBInstanceIdentifiers"].remove(identifier)
        for name in instance["ReadReplicaDBInstanceIdentifiers"]:
            rds._instances[name]["ReadReplicaSourceDBInstanceIdentifier"] = ""
        used = {(other.get(SERVER), other.get("DBName")) for other in rds._instances.values()}
        if SERVER in instance and (instance[SERVER], instance["DBName"]) not in used:
            server = self._servers.get(instance[SERVER])
            self._servers.release(server, instance["DBName"], instance["MasterUsername"])

    def _replicate(self, source: str, logical: str, properties: Properties, stack: str) -> Created:
        check(
            "rds",
            "CreateDBInstanceReadReplica",
            properties,
            DBInstanceIdentifier=_name(properties),
        )
        primary = rds._instances[source.rpartition(":")[2]]
        inherited = {
            name: primary[name] for name in ("Engine", "EngineVersion", "MasterUsername", "DBName")
        }
        identifier, _ = self._stock["create"](logical, {**inherited, **properties}, stack)
        replica = rds._instances[identifier]
        replica["ReadReplicaSourceDBInstanceIdentifier"] = primary["DBInstanceIdentifier"]
        primary["ReadReplicaDBInstanceIdentifiers"].append(identifier)
        return identifier, self.attach(identifier, primary[SERVER])

    def _restore(self, logical: str, properties: Properties, stack: str) -> Created:
        origin = database_restores.origin(properties, _name(properties))
        server = database_restores.server(self._servers, origin, properties)
        restored = {**properties, **origin.inherited}
        return self._record(server, restored["MasterUsername"], logical, restored, stack)

    def attach(self, identifier: str, server: str) -> dict[str, Any]:
        """Write the real endpoint into an instance's record and return its attributes."""
        instance = rds._instances[identifier]
        instance[SERVER] = server
        instance["Endpoint"].update(Address=HOST, Port=self._servers.get(server).port)
        return provisioners._rds_db_instance_attrs(instance)  # type: ignore[no-any-return]


def _name(properties: Properties) -> str:
    return str(properties.get("DBInstanceIdentifier", GENERATED))
