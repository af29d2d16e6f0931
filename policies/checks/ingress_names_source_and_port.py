"""Policy: traffic comes in from named sources, to one port."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterator, Mapping
from typing import Any

from checkov.common.models.enums import CheckCategories

from catalog_platform.policy.assembly import Resource
from catalog_platform.policy.intrinsics import items
from catalog_platform.policy.scanned_stack import ScannedStack
from catalog_platform.policy.template_check import Resources, TemplateCheck

# https://www.rfc-editor.org/rfc/rfc1918 and https://www.rfc-editor.org/rfc/rfc4193
PRIVATE = [
    ipaddress.ip_network(each)
    for each in ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "fc00::/7")
]
STORES = {
    "AWS::ElastiCache::ReplicationGroup": "SecurityGroupIds",
    "AWS::RDS::DBInstance": "VPCSecurityGroups",
    "AWS::RDS::DBProxy": "VpcSecurityGroupIds",
}
GROUP = "AWS::EC2::SecurityGroup"


class IngressNamesSourceAndPort(TemplateCheck):
    """Fail for public addresses, foreign groups, several ports, and addresses as clients."""

    def __init__(self) -> None:
        super().__init__(
            name="Traffic comes in from private addresses or security groups, to one port",
            id="CKV_CATALOG_27",
            categories=(CheckCategories.NETWORKING,),
            supported_resources=(GROUP, "AWS::EC2::SecurityGroupIngress"),
            guideline="Name a source security group and one port; clients of database, proxy and "
            "cache are security groups, not addresses; those of other stacks are keys of the "
            "manifest, and those of other accounts need a waiver.",
        )

    def violations(self, resource: Resource, resources: Resources) -> Iterator[str]:
        """Yield the violating rules of a group, or the violating properties of a rule."""
        properties, stack = resource.properties, ScannedStack(resource, resources)
        if resource.type == GROUP:
            path = "Properties/SecurityGroupIngress"
            store = _guards_store({stack.resource.logical_id}, stack)
            for where, rule in items(properties.get("SecurityGroupIngress"), path):
                if any(_wrong(rule, store, stack)):
                    yield where
        else:
            store = _guards_store(stack.referenced(properties.get("GroupId")), stack)
            yield from (f"Properties/{name}" for name in _wrong(properties, store, stack))


def _guards_store(groups: frozenset[str] | set[str], stack: ScannedStack) -> bool:
    return any(
        groups & stack.referenced(store.properties.get(STORES[store.type]))
        for store in stack.of_type(*STORES)
    )


def _wrong(rule: Mapping[str, Any], store: bool, stack: ScannedStack) -> Iterator[str]:
    owner, group = "SourceSecurityGroupOwnerId", "SourceSecurityGroupId"
    if any(text != stack.resource.account for text in stack.texts(rule.get(owner))):
        yield owner
    if any(not _is_client(text, stack) for text in stack.texts(rule.get(group))):
        yield group
    # Only groups of a default VPC have unique names.
    if "SourceSecurityGroupName" in rule:
        yield "SourceSecurityGroupName"
    if "SourcePrefixListId" in rule:
        yield "SourcePrefixListId"
    for name in ("CidrIp", "CidrIpv6"):
        if any(store or not _is_private(text, stack) for text in stack.texts(rule.get(name))):
            yield name
    first, last = (stack.texts(rule.get(name)) for name in ("FromPort", "ToPort"))
    if len(first) != 1 or first != last or first == ("-1",):
        yield from ("FromPort", "ToPort")
    if not set(stack.texts(rule.get("IpProtocol"))) <= {"tcp", "6"}:
        yield "IpProtocol"


def _is_client(group: str, stack: ScannedStack) -> bool:
    """Return whether a group is one of the stack, or a client that the manifest names.

    The construct of a rule for such a client is named after the group.
    """
    path = stack.resource.path.removesuffix("/Resource")
    return stack.named(group) is not None or path.endswith(f"From{group.removeprefix('sg-')}")


def _is_private(cidr: str, stack: ScannedStack) -> bool:
    """Return whether a block is private; that of the stack's VPC is."""
    if cidr.startswith("${"):
        return stack.owns(cidr)
    try:
        network = ipaddress.ip_network(cidr, strict=False)
    except ValueError:
        return False
    return any(
        network.version == each.version and network.subnet_of(each)  # type: ignore[arg-type]
        for each in PRIVATE
    )


check = IngressNamesSourceAndPort()
