"""Import types that the emulator cannot import: those that a deleted stack retains by name.

https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/import-resources.html
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from ministack.services import backup, cloudwatch, elasticache, kinesis, rds
from ministack.services.cloudformation import changesets, provisioners


@dataclass(frozen=True, slots=True)
class Importable:
    """A type that can be imported by `key`; `find` returns the attributes of what has the name."""

    key: str
    find: Callable[[str], dict[str, Any] | None]


def _stream(name: str) -> dict[str, Any] | None:
    found = kinesis._streams.get(name)
    return found and {"Arn": found["StreamARN"], "StreamId": found.get("StreamId", "")}


def _vault(name: str) -> dict[str, Any] | None:
    if name not in backup._vaults:
        return None
    return {"BackupVaultArn": backup._vault_arn(name), "BackupVaultName": name}


def _instance(name: str) -> dict[str, Any] | None:
    if name not in rds._instances:
        return None
    found: dict[str, Any] = provisioners._rds_db_instance_attrs(rds._instances[name])
    return found


def _subnet_group(name: str) -> dict[str, Any] | None:
    found = rds._subnet_groups.get(name)
    return found and {"DBSubnetGroupArn": found["DBSubnetGroupArn"]}


def _proxy(name: str) -> dict[str, Any] | None:
    found = rds._db_proxies.get(name)
    return found and {key: found[key] for key in ("DBProxyArn", "Endpoint", "VpcId")}


def _cache(name: str) -> dict[str, Any] | None:
    if name not in elasticache._replication_groups:
        return None
    found: dict[str, Any] = provisioners._ec_rg_attrs(name)
    return found


def _alarm(name: str) -> dict[str, Any] | None:
    found = cloudwatch._alarms.get(name)
    return found and {"Arn": found["AlarmArn"]}


TYPES = {
    "AWS::Backup::BackupVault": Importable("BackupVaultName", _vault),
    "AWS::CloudWatch::Alarm": Importable("AlarmName", _alarm),
    "AWS::ElastiCache::ReplicationGroup": Importable("ReplicationGroupId", _cache),
    "AWS::Kinesis::Stream": Importable("Name", _stream),
    "AWS::RDS::DBInstance": Importable("DBInstanceIdentifier", _instance),
    "AWS::RDS::DBProxy": Importable("DBProxyName", _proxy),
    "AWS::RDS::DBSubnetGroup": Importable("DBSubnetGroupName", _subnet_group),
}


def install() -> None:
    """Register the types; call it after their handlers are registered."""
    for kind, importable in TYPES.items():
        changesets._IMPORT_LOOKUPS[kind] = ((importable.key,), _problem(kind, importable))
        provisioners._RESOURCE_HANDLERS[kind]["import"] = _handler(importable)


def _problem(kind: str, importable: Importable) -> Callable[[str], str | None]:
    def problem(name: str) -> str | None:
        if importable.find(name) is not None:
            return None
        return f"Resource of type '{kind}' with identifier '{name}' was not found."

    return problem


def _handler(importable: Importable) -> Callable[[dict[str, str]], tuple[str, dict[str, Any]]]:
    def adopt(identifier: dict[str, str]) -> tuple[str, dict[str, Any]]:
        name = identifier[importable.key]
        return name, importable.find(name) or {}

    return adopt
