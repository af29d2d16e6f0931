"""Policy: nothing but NAT gateways has a public address or a route from the internet."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from checkov.common.models.enums import CheckCategories

from catalog_platform.policy.assembly import Resource
from catalog_platform.policy.intrinsics import always
from catalog_platform.policy.scanned_stack import ScannedStack
from catalog_platform.policy.template_check import Resources, TemplateCheck

SWITCHES = {
    "AWS::EC2::Subnet": ("MapPublicIpOnLaunch", "AssignIpv6AddressOnCreation"),
    "AWS::RDS::DBInstance": ("PubliclyAccessible",),
}
CONNECTIONS = (
    "AWS::EC2::EgressOnlyInternetGateway",
    "AWS::EC2::TransitGatewayAttachment",
    "AWS::EC2::TransitGatewayVpcAttachment",
    "AWS::EC2::VPCPeeringConnection",
    "AWS::EC2::VPNGateway",
)
GATEWAY = "AWS::EC2::InternetGateway"
ROUTE = "AWS::EC2::Route"
NAT = "AWS::EC2::NatGateway"
ASSOCIATION = "AWS::EC2::SubnetRouteTableAssociation"
STORES = ("AWS::ElastiCache::SubnetGroup", "AWS::RDS::DBProxy", "AWS::RDS::DBSubnetGroup")


class OnlyNatGatewaysFaceTheInternet(TemplateCheck):
    """Fail for public addresses, and for routes out of subnets that hold more than NAT gateways."""

    def __init__(self) -> None:
        super().__init__(
            name="Nothing but a NAT gateway has a public address or a route to other networks",
            id="CKV_CATALOG_28",
            categories=(CheckCategories.NETWORKING,),
            supported_resources=(GATEWAY, ROUTE, *SWITCHES, *CONNECTIONS),
            guideline="Don't assign public addresses. Route functions through a NAT gateway or "
            "endpoints, and data stores nowhere.",
        )

    def violations(self, resource: Resource, resources: Resources) -> Iterator[str]:
        """Yield what assigns public addresses, the target of a route, or a connection itself."""
        properties, stack = resource.properties, ScannedStack(resource, resources)
        for name in SWITCHES.get(resource.type, ()):
            if not always(properties.get(name, False), False):
                yield f"Properties/{name}"
        if resource.type in CONNECTIONS or (
            resource.type == GATEWAY and not any(stack.of_type(NAT))
        ):
            yield ""
        if resource.type == ROUTE:
            yield from _route(properties, stack)


def _route(properties: Mapping[str, Any], stack: ScannedStack) -> Iterator[str]:
    table = stack.referenced(properties.get("RouteTableId"))
    subnets = {
        subnet
        for each in stack.of_type(ASSOCIATION)
        if table & stack.referenced(each.properties.get("RouteTableId"))
        for subnet in stack.referenced(each.properties.get("SubnetId"))
    }
    users = {
        each.type
        for each in stack.resources.values()
        if each.type != ASSOCIATION and subnets & stack.referenced(each.properties)
    }
    forbidden = users & set(STORES) if "NatGatewayId" in properties else users - {NAT}
    if forbidden:
        yield from (
            f"Properties/{name}"
            for name in properties
            if name not in ("RouteTableId", "DestinationCidrBlock", "DestinationIpv6CidrBlock")
        )


check = OnlyNatGatewaysFaceTheInternet()
