"""Policy: a security group does not allow all egress to everywhere."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from ipaddress import ip_network
from typing import Any

from checkov.common.models.enums import CheckCategories

from catalog_platform.policy.assembly import Resource
from catalog_platform.policy.intrinsics import can_be_absent, items
from catalog_platform.policy.scanned_stack import ScannedStack
from catalog_platform.policy.template_check import Resources, TemplateCheck

GROUP = "AWS::EC2::SecurityGroup"
PATH = "Properties/SecurityGroupEgress"
# A shorter prefix is no network of one owner: 0.0.0.0/1 and 128.0.0.0/1 are everywhere, too.
SHORTEST_PREFIX = 8
# Functions call AWS's services, whose addresses are everywhere.
HTTPS = ("443",)
# The CDK's rule for a group without egress.
NOWHERE = "255.255.255.255/32"


class SecurityGroupDoesNotOpenAllEgress(TemplateCheck):
    """Fail for egress to all addresses, except HTTPS, to several ports, or without rules."""

    def __init__(self) -> None:
        super().__init__(
            name="A security group does not let all traffic out to everywhere",
            id="CKV_CATALOG_12",
            categories=(CheckCategories.NETWORKING,),
            supported_resources=(GROUP, "AWS::EC2::SecurityGroupEgress"),
            guideline="Name port and destination of each egress rule. A group without egress "
            "rules gets AWS's default, which allows all egress.",
        )

    def violations(self, resource: Resource, resources: Resources) -> Iterator[str]:
        """Yield the open rules; a group without rules allows all egress.

        https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-ec2-securitygroup.html
        """
        properties, stack = resource.properties, ScannedStack(resource, resources)
        if resource.type != GROUP:
            if _is_open(properties, stack):
                yield from ("Properties/IpProtocol", "Properties/FromPort", "Properties/ToPort")
            return
        egress = properties.get("SecurityGroupEgress")
        rules = list(items(egress, PATH))
        if can_be_absent(egress) or not rules:
            yield PATH
        yield from (path for path, rule in rules if _is_open(rule, stack))


def _is_open(rule: Mapping[str, Any], stack: ScannedStack) -> bool:
    names = ("CidrIp", "CidrIpv6", "DestinationPrefixListId")
    destinations = [text for name in names for text in stack.texts(rule.get(name))]
    ports = {stack.texts(rule.get(name)) for name in ("FromPort", "ToPort")}
    is_https = set(stack.texts(rule.get("IpProtocol"))) <= {"tcp", "6"} and ports == {HTTPS}
    is_one_port = len(ports) == 1 and ports != {()}
    is_nowhere = destinations == [NOWHERE]
    return (not is_one_port and not is_nowhere) or (
        not is_https and any(map(_is_everywhere, destinations))
    )


def _is_everywhere(destination: str) -> bool:
    try:
        return ip_network(destination, strict=False).prefixlen < SHORTEST_PREFIX
    except ValueError:
        # A prefix list or a parameter can hold any addresses.
        return True


check = SecurityGroupDoesNotOpenAllEgress()
