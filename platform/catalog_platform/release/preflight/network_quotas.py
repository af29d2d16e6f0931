"""Compare what the stack adds to the network with the account's quotas.

https://docs.aws.amazon.com/vpc/latest/userguide/amazon-vpc-limits.html
https://docs.aws.amazon.com/vpc/latest/privatelink/vpc-limits-endpoints.html
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from catalog_platform.release.preflight import deployed, quota
from catalog_platform.release.preflight.assembly import Resource
from catalog_platform.release.preflight.calls import CallError, Calls
from catalog_platform.release.preflight.context import Context
from catalog_platform.release.preflight.model import Check, Result, not_checked, passed


@dataclass(frozen=True, slots=True, kw_only=True)
class NetworkQuota:
    """A quota of a region, the resources that count, and how those of the account are counted."""

    what: str
    key: str
    service: str
    code: str
    counts: Callable[[Resource], bool]
    used: Callable[[Calls], int]


def _vpcs(calls: Calls) -> int:
    return sum(1 for _ in calls.pages("ec2", "DescribeVpcs", "Vpcs"))


def _addresses(calls: Calls) -> int:
    return len(calls.call("ec2", "DescribeAddresses")["Addresses"])


def _gateway_endpoints(calls: Calls) -> int:
    kind = {"Name": "vpc-endpoint-type", "Values": ["Gateway"]}
    return sum(
        1 for _ in calls.pages("ec2", "DescribeVpcEndpoints", "VpcEndpoints", Filters=[kind])
    )


QUOTAS = (
    NetworkQuota(
        what="VPCs",
        key="network.cidr",
        service="vpc",
        code="L-F678F1CE",
        counts=lambda resource: resource.type == "AWS::EC2::VPC",
        used=_vpcs,
    ),
    NetworkQuota(
        what="Elastic IP addresses",
        key="network.nat_gateways",
        service="ec2",
        code="L-0263D0A3",
        counts=lambda resource: resource.type == "AWS::EC2::EIP",
        used=_addresses,
    ),
    NetworkQuota(
        what="gateway endpoints",
        key="network.cidr",
        service="vpc",
        code="L-1B52E74A",
        counts=lambda resource: (
            resource.type == "AWS::EC2::VPCEndpoint"
            # Gateway is CloudFormation's default.
            and resource.properties.text("VpcEndpointType") in (None, "Gateway")
        ),
        used=_gateway_endpoints,
    ),
)


def _run(context: Context) -> Iterator[Result]:
    added = False
    for each in QUOTAS:
        new = sum(
            each.counts(resource) and context.physical_id(resource) is None
            for resource in context.assembly.resources.values()
        )
        if not new:
            continue
        added = True
        try:
            usage = quota.Usage(
                each.used(context.calls), quota.limit(context.calls, each.service, each.code)
            )
        except CallError as error:
            yield not_checked(f"{each.what}: {error.reason}")
            continue
        hint = quota.increase(each.service, each.code, usage.used + new)
        yield quota.compared(
            each.what, new, usage, hint=f"{hint}; or remove unused ones", key=each.key
        )
    if not added:
        yield passed("the stack adds no VPC, Elastic IP address or gateway endpoint")


CHECK = Check(
    name="network-quotas",
    looks_at="Whether the VPCs, Elastic IP addresses and gateway endpoints that the stack adds fit"
    " into the region's quotas.",
    blind_to="What others create at the same time. Interface endpoints are not compared: the quota"
    " is 50 per VPC, and the stack's VPC has its own only.",
    actions=(
        "ec2:DescribeAddresses",
        "ec2:DescribeVpcEndpoints",
        "ec2:DescribeVpcs",
        "servicequotas:GetAWSDefaultServiceQuota",
        "servicequotas:GetServiceQuota",
        *deployed.ACTIONS,
    ),
    run=_run,
)
