"""Addresses, gateways, flow logs and security group rules: recorded with the EC2 API.

No traffic passes through them. The `describe-…` calls return the template's values.
"""

from __future__ import annotations

from typing import Any

from embedded_aws.emulator.handlers import (
    Created,
    Properties,
    changed_tags,
    register,
    stack_client,
    tags,
)


def install() -> None:
    """Register the types of this module."""
    register("AWS::EC2::EIP", _create_address, _delete_address, update=_update_address)
    register("AWS::EC2::NatGateway", _create_gateway, _delete_gateway, update=_update_gateway)
    register("AWS::EC2::FlowLog", _create_flow_log, _delete_flow_log, update=_update_flow_log)
    register("AWS::EC2::SecurityGroupIngress", _create_ingress, _delete_ingress)
    register("AWS::EC2::SecurityGroupEgress", _create_egress, _delete_egress)


def permission(properties: Properties) -> dict[str, Any]:
    """Convert a template's rule to the form of the EC2 API."""
    found: dict[str, Any] = {"IpProtocol": str(properties["IpProtocol"])}
    for port in ("FromPort", "ToPort"):
        if port in properties:
            found[port] = int(properties[port])
    note = {"Description": properties["Description"]} if "Description" in properties else {}
    peers = {
        "CidrIp": ("IpRanges", "CidrIp"),
        "CidrIpv6": ("Ipv6Ranges", "CidrIpv6"),
        "SourcePrefixListId": ("PrefixListIds", "PrefixListId"),
        "DestinationPrefixListId": ("PrefixListIds", "PrefixListId"),
        "SourceSecurityGroupId": ("UserIdGroupPairs", "GroupId"),
        "DestinationSecurityGroupId": ("UserIdGroupPairs", "GroupId"),
    }
    for given, (ranges, key) in peers.items():
        if given in properties:
            found[ranges] = [{key: properties[given], **note}]
    return found


def _create_address(_logical: str, properties: Properties, _stack: str) -> Created:
    made = stack_client("ec2").allocate_address(
        Domain=properties.get("Domain", "vpc"), TagSpecifications=_tagged("elastic-ip", properties)
    )
    return made["PublicIp"], {
        "AllocationId": made["AllocationId"],
        "PublicIp": made["PublicIp"],
    }


def _update_address(physical: str, old: Properties, new: Properties) -> Created:
    allocation = _allocation(physical)
    _retag(allocation, old, new)
    return physical, {"AllocationId": allocation, "PublicIp": physical}


def _delete_address(physical: str, _properties: Properties) -> None:
    allocation = _allocation(physical)
    if allocation:
        stack_client("ec2").release_address(AllocationId=allocation)


def _allocation(address: str) -> str:
    """Return the allocation id of an address; empty without one."""
    found = stack_client("ec2").describe_addresses()["Addresses"]
    return next((str(each["AllocationId"]) for each in found if each["PublicIp"] == address), "")


def _create_gateway(_logical: str, properties: Properties, _stack: str) -> Created:
    parameters = {
        name: properties[name]
        for name in ("AllocationId", "ConnectivityType", "SubnetId")
        if name in properties
    }
    made = stack_client("ec2").create_nat_gateway(
        **parameters, TagSpecifications=_tagged("natgateway", properties)
    )
    identifier = made["NatGateway"]["NatGatewayId"]
    return identifier, {"NatGatewayId": identifier}


def _update_gateway(physical: str, old: Properties, new: Properties) -> Created:
    _retag(physical, old, new)
    return physical, {"NatGatewayId": physical}


def _delete_gateway(physical: str, _properties: Properties) -> None:
    stack_client("ec2").delete_nat_gateway(NatGatewayId=physical)


def _create_flow_log(_logical: str, properties: Properties, _stack: str) -> Created:
    parameters = {
        name: properties[name]
        for name in (
            "DeliverLogsPermissionArn",
            "LogDestination",
            "LogDestinationType",
            "LogGroupName",
            "MaxAggregationInterval",
            "ResourceType",
            "TrafficType",
        )
        if name in properties
    }
    made = stack_client("ec2").create_flow_logs(
        ResourceIds=[properties["ResourceId"]],
        **parameters,
        TagSpecifications=_tagged("vpc-flow-log", properties),
    )
    identifier = made["FlowLogIds"][0]
    return identifier, {"Id": identifier}


def _update_flow_log(physical: str, old: Properties, new: Properties) -> Created:
    _retag(physical, old, new)
    return physical, {"Id": physical}


def _delete_flow_log(physical: str, _properties: Properties) -> None:
    stack_client("ec2").delete_flow_logs(FlowLogIds=[physical])


def _create_ingress(_logical: str, properties: Properties, _stack: str) -> Created:
    made = stack_client("ec2").authorize_security_group_ingress(
        GroupId=properties["GroupId"], IpPermissions=[permission(properties)]
    )
    identifier = made["SecurityGroupRules"][0]["SecurityGroupRuleId"]
    return identifier, {"Id": identifier}


def _delete_ingress(_physical: str, properties: Properties) -> None:
    stack_client("ec2").revoke_security_group_ingress(
        GroupId=properties["GroupId"], IpPermissions=[permission(properties)]
    )


def _create_egress(_logical: str, properties: Properties, _stack: str) -> Created:
    made = stack_client("ec2").authorize_security_group_egress(
        GroupId=properties["GroupId"], IpPermissions=[permission(properties)]
    )
    identifier = made["SecurityGroupRules"][0]["SecurityGroupRuleId"]
    return identifier, {"Id": identifier}


def _delete_egress(_physical: str, properties: Properties) -> None:
    stack_client("ec2").revoke_security_group_egress(
        GroupId=properties["GroupId"], IpPermissions=[permission(properties)]
    )


def _retag(identifier: str, old: Properties, new: Properties) -> None:
    """Change the tags, the only properties that these types update in place."""
    added, removed = changed_tags(old, new)
    network = stack_client("ec2")
    if added:
        network.create_tags(Resources=[identifier], Tags=added)
    if removed:
        network.delete_tags(Resources=[identifier], Tags=[{"Key": key} for key in removed])


def _tagged(kind: str, properties: Properties) -> list[dict[str, Any]]:
    found = tags(properties)
    return [{"ResourceType": kind, "Tags": found}] if found else []
