"""VPC: NAT gateways, public addresses, interface endpoints, and flow logs.

https://aws.amazon.com/vpc/pricing/ and https://aws.amazon.com/privatelink/pricing/
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from catalog_platform.plan.cost.dimension import Billing, Dimension, Usage, hourly
from catalog_platform.plan.cost.resource import Resource, UnstatedError


def nat_gateway(_resource: Resource) -> Iterator[Dimension]:
    """Yield what a NAT gateway costs; its address is a resource of its own."""
    yield hourly("vpc.nat_hour", 1, "NAT gateway")
    yield Usage(price="vpc.nat_gb", what="data through the gateway")
    yield Usage(price="dt.internet_out_tier1", what="data to the internet")


def address(_resource: Resource) -> Iterator[Dimension]:
    """Yield what a public IPv4 address costs, in use or not."""
    yield hourly("vpc.public_ipv4_hour", 1, "public IPv4 address")


def endpoint(resource: Resource) -> Iterator[Dimension]:
    """Yield what an endpoint costs: an interface in each zone; a gateway endpoint is free."""
    if resource.text("VpcEndpointType", "Gateway") == "Gateway":
        return
    subnets = resource.properties.get("SubnetIds")
    if not isinstance(subnets, list):
        raise UnstatedError("SubnetIds is no literal list")
    zones = len(subnets)
    yield hourly("vpc.endpoint_hour", zones, f"{_service(resource)} endpoint in {zones} zones")
    yield Usage(price="vpc.endpoint_gb", what="data through the endpoint")


def _service(resource: Resource) -> str:
    name = resource.properties.get("ServiceName")
    return name.rpartition(".")[2] if isinstance(name, str) else "interface"


def vpc(_resource: Resource) -> Iterator[Dimension]:
    """Yield the data between zones, which no single resource causes."""
    yield Usage(price="dt.inter_az", what="data between zones, in each direction")


def flow_log(resource: Resource) -> Iterator[Dimension]:
    """Yield the delivery of flow logs."""
    if resource.text("LogDestinationType", "cloud-watch-logs") == "cloud-watch-logs":
        yield Usage(price="cloudwatch.logs_vended", what="flow logs, as vended log events")
    else:
        yield Usage(price="", what="flow logs to S3 or Firehose")


BILLED: Mapping[str, Billing] = {
    "AWS::EC2::EIP": address,
    "AWS::EC2::FlowLog": flow_log,
    "AWS::EC2::NatGateway": nat_gateway,
    "AWS::EC2::VPC": vpc,
    "AWS::EC2::VPCEndpoint": endpoint,
}
FREE: Mapping[str, str] = dict.fromkeys(
    (
        "AWS::EC2::InternetGateway",
        "AWS::EC2::Route",
        "AWS::EC2::RouteTable",
        "AWS::EC2::SecurityGroup",
        "AWS::EC2::SecurityGroupEgress",
        "AWS::EC2::SecurityGroupIngress",
        "AWS::EC2::Subnet",
        "AWS::EC2::SubnetRouteTableAssociation",
        "AWS::EC2::VPCGatewayAttachment",
    ),
    "https://aws.amazon.com/vpc/pricing/",
)
