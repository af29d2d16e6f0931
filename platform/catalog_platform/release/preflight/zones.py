"""Look whether the account has the zones of the subnets, and the endpoints' services are in them.

https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeAvailabilityZones.html
https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeVpcEndpointServices.html
"""

from __future__ import annotations

from collections.abc import Iterator

from catalog_platform.release.preflight.assembly import AssemblyStack
from catalog_platform.release.preflight.calls import CallError
from catalog_platform.release.preflight.context import Context
from catalog_platform.release.preflight.model import Check, Result, failed, not_checked, passed

SUBNET = "AWS::EC2::Subnet"
ENDPOINT = "AWS::EC2::VPCEndpoint"
ZONES_KEY = "network.availability_zones"


def zones_of(assembly: AssemblyStack, subnets: tuple[str, ...] | None = None) -> frozenset[str]:
    """Return the zones of these subnets, given by logical id, or of all subnets."""
    return frozenset(
        zone
        for each in assembly.of_type(SUBNET)
        if (subnets is None or each.logical_id in subnets)
        and (zone := each.properties.text("AvailabilityZone"))
    )


def _run(context: Context) -> Iterator[Result]:
    for what, part in (("zones", _zones), ("endpoints", _endpoints)):
        try:
            yield from part(context)
        except CallError as error:
            yield not_checked(f"{what}: {error.reason}")


def _zones(context: Context) -> Iterator[Result]:
    response = context.calls.call("ec2", "DescribeAvailabilityZones")
    offered = {
        each["ZoneName"] for each in response["AvailabilityZones"] if each["State"] == "available"
    }
    missing = sorted(zones_of(context.assembly) - offered)
    if missing:
        yield failed(
            f"account {context.assembly.account} has no zone {', '.join(missing)} in"
            f" {context.assembly.region}",
            hint=f"use zones that it has: {', '.join(sorted(offered))}",
            key=ZONES_KEY,
        )
    else:
        yield passed("the account has the zones of all subnets")


def _endpoints(context: Context) -> Iterator[Result]:
    wanted = {
        name: zones_of(context.assembly, each.properties.references("SubnetIds"))
        for each in context.assembly.of_type(ENDPOINT)
        if each.properties.text("VpcEndpointType") == "Interface"
        and (name := each.properties.text("ServiceName"))
    }
    if not wanted:
        return
    services = context.calls.pages(
        "ec2",
        "DescribeVpcEndpointServices",
        "ServiceDetails",
        Filters=[{"Name": "service-name", "Values": sorted(wanted)}],
    )
    offered = {each["ServiceName"]: frozenset(each["AvailabilityZones"]) for each in services}
    complete = True
    for name, zones in sorted(wanted.items()):
        missing = sorted(zones - offered.get(name, frozenset()))
        if missing:
            complete = False
            yield failed(
                f"the endpoint service {name} is not offered in {', '.join(missing)}"
                if name in offered
                else f"the endpoint service {name} is not offered in {context.assembly.region}",
                hint=f"use other zones ({ZONES_KEY}), or remove the endpoint and use NAT gateways",
                key="network.interface_endpoints" if name not in offered else ZONES_KEY,
            )
    if complete:
        yield passed(f"{len(wanted)} endpoint services are offered in the zones of their subnets")


CHECK = Check(
    name="zones",
    looks_at="Whether the account has the zones of the subnets, and the services of interface"
    " endpoints are offered in them.",
    blind_to="The capacity of a zone.",
    actions=("ec2:DescribeAvailabilityZones", "ec2:DescribeVpcEndpointServices"),
    run=_run,
)
