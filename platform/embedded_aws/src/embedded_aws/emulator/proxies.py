"""`AWS::RDS::DBProxy` and its targets: recorded with the RDS API.

Connections are not pooled. The proxy's endpoint is the host of its instance, so that clients of the
proxy reach the database; the port is the instance's on AWS as well.
"""

from __future__ import annotations

from typing import Any

from ministack.services import rds

from embedded_aws.emulator.database import HOST
from embedded_aws.emulator.handlers import (
    Created,
    Properties,
    completing,
    register,
    stack_client,
    tags,
)

_TEXTS = ("DefaultAuthScheme", "EndpointNetworkType", "TargetConnectionNetworkType")
# https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-rds-dbproxy.html
CREATE_ONLY = (
    "DBProxyName",
    "EndpointNetworkType",
    "EngineFamily",
    "TargetConnectionNetworkType",
    "VpcSubnetIds",
)
_POOL_NUMBERS = (
    "ConnectionBorrowTimeout",
    "MaxConnectionsPercent",
    "MaxIdleConnectionsPercent",
)


def install() -> None:
    """Register the types."""
    register("AWS::RDS::DBProxy", _create, _delete, update=_update)
    register(
        "AWS::RDS::DBProxyTargetGroup", _create_targets, _delete_targets, update=_update_targets
    )


def settings(properties: Properties) -> dict[str, Any]:
    """Return the common parameters of CreateDBProxy and ModifyDBProxy."""
    found: dict[str, Any] = {name: properties[name] for name in _TEXTS if name in properties}
    found["Auth"] = list(properties.get("Auth") or ())
    found["RoleArn"] = properties["RoleArn"]
    for name in ("RequireTLS", "DebugLogging"):
        found[name] = str(properties.get(name, False)).lower() == "true"
    if "IdleClientTimeout" in properties:
        found["IdleClientTimeout"] = int(properties["IdleClientTimeout"])
    return found


def pool(properties: Properties) -> dict[str, Any]:
    """Convert the connection pool's configuration to the form of the API."""
    given = properties.get("ConnectionPoolConfigurationInfo") or {}
    return {name: int(value) if name in _POOL_NUMBERS else value for name, value in given.items()}


def _create(_logical: str, properties: Properties, _stack: str) -> Created:
    name = properties["DBProxyName"]
    stack_client("rds").create_db_proxy(
        DBProxyName=name,
        EngineFamily=properties["EngineFamily"],
        VpcSubnetIds=list(properties["VpcSubnetIds"]),
        VpcSecurityGroupIds=list(properties.get("VpcSecurityGroupIds") or ()),
        Tags=tags(properties),
        **settings(properties),
    )
    return name, _published(name)


def _update(physical: str, old: Properties, new: Properties) -> Created:
    if any(old.get(name) != new.get(name) for name in CREATE_ONLY):
        if old["DBProxyName"] == new["DBProxyName"]:
            raise ValueError(
                "CloudFormation cannot update a stack when a custom-named resource requires"
                f" replacing. Rename {physical} and update the stack again."
            )
        # The emulator deletes the old proxy in the clean-up phase.
        return _create("", new, "")
    changes = settings(new)
    changes["SecurityGroups"] = list(new.get("VpcSecurityGroupIds") or ())
    for fixed in ("EndpointNetworkType", "TargetConnectionNetworkType"):
        changes.pop(fixed, None)
    stack_client("rds").modify_db_proxy(DBProxyName=physical, **changes)
    return physical, _published(physical)


def _delete(physical: str, _properties: Properties) -> None:
    stack_client("rds").delete_db_proxy(DBProxyName=physical)


def _published(name: str) -> dict[str, Any]:
    proxy = rds._db_proxies[name]
    proxy["Endpoint"] = HOST
    return {key: proxy[key] for key in ("DBProxyArn", "Endpoint", "VpcId")}


def _create_targets(_logical: str, properties: Properties, _stack: str) -> Created:
    proxy = properties["DBProxyName"]
    stack_client("rds").register_db_proxy_targets(
        DBProxyName=proxy, DBInstanceIdentifiers=list(properties["DBInstanceIdentifiers"])
    )
    # The physical id is not known before the group is configured, and its deletion needs none.
    with completing(proxy):
        return _configured(properties)


def _update_targets(physical: str, _old: Properties, new: Properties) -> Created:
    databases, proxy = stack_client("rds"), new["DBProxyName"]
    wanted = set(new["DBInstanceIdentifiers"])
    targets = databases.describe_db_proxy_targets(DBProxyName=proxy)["Targets"]
    current = {target["RdsResourceId"] for target in targets}
    with completing(physical):
        if wanted - current:
            databases.register_db_proxy_targets(
                DBProxyName=proxy, DBInstanceIdentifiers=sorted(wanted - current)
            )
        if current - wanted:
            databases.deregister_db_proxy_targets(
                DBProxyName=proxy, DBInstanceIdentifiers=sorted(current - wanted)
            )
        return _configured(new)


def _configured(properties: Properties) -> Created:
    group = stack_client("rds").modify_db_proxy_target_group(
        DBProxyName=properties["DBProxyName"],
        TargetGroupName=properties["TargetGroupName"],
        ConnectionPoolConfig=pool(properties),
    )["DBProxyTargetGroup"]
    return group["TargetGroupArn"], {"TargetGroupArn": group["TargetGroupArn"]}


def _delete_targets(_physical: str, properties: Properties) -> None:
    stack_client("rds").deregister_db_proxy_targets(
        DBProxyName=properties["DBProxyName"],
        DBInstanceIdentifiers=list(properties["DBInstanceIdentifiers"]),
    )
