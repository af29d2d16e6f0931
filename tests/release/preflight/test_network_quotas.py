from __future__ import annotations

import pytest

from catalog_platform.release.preflight.model import Status
from catalog_platform.release.preflight.network_quotas import CHECK
from support.preflight import (
    Account,
    a_context,
    a_resource,
    a_stack,
    golden,
    resources,
    run,
    statuses,
)

TEMPLATE = resources(
    Vpc=a_resource("AWS::EC2::VPC"),
    Nat1=a_resource("AWS::EC2::EIP"),
    Nat2=a_resource("AWS::EC2::EIP"),
    S3=a_resource("AWS::EC2::VPCEndpoint", VpcEndpointType="Gateway"),
    Kms=a_resource("AWS::EC2::VPCEndpoint", VpcEndpointType="Interface"),
)


def used(account: Account, vpcs: int, addresses: int, endpoints: int) -> None:
    account.respond("ec2", "DescribeVpcs", {"Vpcs": [{"VpcId": "v"}] * vpcs})
    account.respond("ec2", "DescribeAddresses", {"Addresses": [{"PublicIp": "x"}] * addresses})
    account.respond(
        "ec2", "DescribeVpcEndpoints", {"VpcEndpoints": [{"VpcEndpointId": "e"}] * endpoints}
    )
    for value in (5, 5, 20):
        account.respond("service-quotas", "GetServiceQuota", {"Quota": {"Value": value}})


@pytest.mark.parametrize(
    ("counts", "expected"),
    [
        ((4, 3, 19), [Status.PASSED] * 3),
        ((5, 3, 19), [Status.FAILED, Status.PASSED, Status.PASSED]),
        ((4, 4, 20), [Status.PASSED, Status.FAILED, Status.FAILED]),
    ],
)
def test_what_the_stack_adds_must_fit(
    account: Account, counts: tuple[int, int, int], expected: list[Status]
) -> None:
    used(account, *counts)
    results = run(CHECK, a_context(account, TEMPLATE))
    assert statuses(results) == expected
    assert all(
        "request-service-quota-increase" in each.hint
        for each in results
        if each.status is Status.FAILED
    )


def test_what_is_deployed_is_not_counted_again(account: Account) -> None:
    stack = a_stack(
        Vpc="AWS::EC2::VPC=vpc-1",
        Nat1="AWS::EC2::EIP=1.2.3.4",
        Nat2="AWS::EC2::EIP=1.2.3.5",
        S3="AWS::EC2::VPCEndpoint=vpce-1",
    )
    assert statuses(run(CHECK, a_context(account, TEMPLATE, deployed=stack))) == [Status.PASSED]
    assert account.actions == set()


def test_one_quota_that_cannot_be_read_leaves_the_others(account: Account) -> None:
    account.refuse("ec2", "DescribeVpcs", "UnauthorizedOperation")
    account.respond("ec2", "DescribeVpcEndpoints", {"VpcEndpoints": []})
    account.respond("service-quotas", "GetServiceQuota", {"Quota": {"Value": 20}})
    results = run(CHECK, a_context(account, golden()))
    assert statuses(results) == [Status.NOT_CHECKED, Status.PASSED]
    assert results[0].message == "VPCs: needs the permission ec2:DescribeVpcs"
