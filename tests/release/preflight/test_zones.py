from __future__ import annotations

from typing import Any

import pytest

from catalog_platform.release.preflight.model import Status
from catalog_platform.release.preflight.zones import CHECK
from support.preflight import Account, a_context, a_resource, resources, run, statuses

SERVICE = "com.amazonaws.eu-west-1.kms"
TEMPLATE = resources(
    A=a_resource("AWS::EC2::Subnet", AvailabilityZone="eu-west-1a"),
    B=a_resource("AWS::EC2::Subnet", AvailabilityZone="eu-west-1b"),
    Kms=a_resource(
        "AWS::EC2::VPCEndpoint",
        VpcEndpointType="Interface",
        ServiceName=SERVICE,
        SubnetIds=[{"Ref": "A"}, {"Ref": "B"}],
    ),
)


def offered(account: Account, zones: str, service: dict[str, str]) -> None:
    found = [{"ZoneName": f"eu-west-1{each}", "State": "available"} for each in zones]
    found.append({"ZoneName": "eu-west-1z", "State": "impaired"})
    account.respond("ec2", "DescribeAvailabilityZones", {"AvailabilityZones": found})
    details: list[dict[str, Any]] = [
        {"ServiceName": name, "AvailabilityZones": [f"eu-west-1{each}" for each in where]}
        for name, where in service.items()
    ]
    account.respond("ec2", "DescribeVpcEndpointServices", {"ServiceDetails": details})


@pytest.mark.parametrize(
    ("zones", "service", "expected", "named"),
    [
        ("abc", {SERVICE: "abc"}, [Status.PASSED, Status.PASSED], ""),
        ("a", {SERVICE: "ab"}, [Status.FAILED, Status.PASSED], "has no zone eu-west-1b"),
        ("ab", {SERVICE: "a"}, [Status.PASSED, Status.FAILED], "not offered in eu-west-1b"),
        ("ab", {"other": "ab"}, [Status.PASSED, Status.FAILED], "not offered in eu-west-1"),
    ],
)
def test_zones_and_endpoint_services_must_be_offered(
    account: Account, zones: str, service: dict[str, str], expected: list[Status], named: str
) -> None:
    offered(account, zones, service)
    results = run(CHECK, a_context(account, TEMPLATE))
    assert statuses(results) == expected
    assert not named or any(named in each.message for each in results)


def test_denied_zones_leave_the_endpoints(account: Account) -> None:
    account.refuse("ec2", "DescribeAvailabilityZones", "UnauthorizedOperation")
    details = [{"ServiceName": SERVICE, "AvailabilityZones": ["eu-west-1a", "eu-west-1b"]}]
    account.respond("ec2", "DescribeVpcEndpointServices", {"ServiceDetails": details})
    assert statuses(run(CHECK, a_context(account, TEMPLATE))) == [
        Status.NOT_CHECKED,
        Status.PASSED,
    ]
