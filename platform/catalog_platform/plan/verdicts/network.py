"""What changes of the network do."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from catalog_platform.aws.refused_updates.update import ResourceUpdate
from catalog_platform.plan.verdict import Verdict
from catalog_platform.plan.verdicts.row import (
    Condition,
    Read,
    Row,
    mappings,
    switched_off,
    switched_on,
)

REFERENCE = "https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference"
VPC_GUIDE = "https://docs.aws.amazon.com/vpc/latest/userguide"
ENDPOINT = "AWS::EC2::VPCEndpoint"
EVERYBODY = {"CidrIp": "0.0.0.0/0", "CidrIpv6": "::/0"}


def _open(rules: list[Mapping[str, Any]]) -> Iterator[tuple[Any, ...]]:
    """Yield protocol and ports that are open to every address."""
    for rule in rules:
        if any(rule.get(name) == value for name, value in EVERYBODY.items()):
            yield rule.get("IpProtocol"), rule.get("FromPort"), rule.get("ToPort")


def _opens_group(update: ResourceUpdate) -> bool:
    def read_open(read: Read) -> list[tuple[Any, ...]]:
        return list(_open(mappings(read("SecurityGroupIngress"))))

    old = read_open(update.before)
    return any(each not in old for each in read_open(update.after))


def _opens_rule(name: str) -> Condition:
    return lambda update: update.after(name) == EVERYBODY[name]


ROWS = (
    Row(
        verdict=Verdict.UNPROTECTED,
        type="AWS::EC2::FlowLog",
        property="TrafficType",
        explanation="a part of the connections is not recorded any more",
        source=f"{VPC_GUIDE}/flow-logs-basics.html",
        applies=lambda update: update.after("TrafficType") != "ALL",
    ),
    Row(
        verdict=Verdict.UNPROTECTED,
        type="AWS::EC2::SecurityGroup",
        property="SecurityGroupIngress",
        explanation="a port is open to every address",
        source=f"{VPC_GUIDE}/security-group-rules.html",
        applies=_opens_group,
    ),
    *(
        Row(
            verdict=Verdict.UNPROTECTED,
            type="AWS::EC2::SecurityGroupIngress",
            property=name,
            explanation="a port is open to every address",
            source=f"{VPC_GUIDE}/security-group-rules.html",
            applies=_opens_rule(name),
        )
        for name in EVERYBODY
    ),
    Row(
        verdict=Verdict.UNPROTECTED,
        type="AWS::EC2::Subnet",
        property="MapPublicIpOnLaunch",
        explanation="what starts in the subnet gets a public address",
        source=f"{VPC_GUIDE}/subnet-public-ip.html",
        applies=switched_on("MapPublicIpOnLaunch"),
    ),
    Row(
        verdict=Verdict.AT_RISK,
        type="AWS::EC2::VPC",
        property="EnableDnsSupport",
        explanation="no name is resolved in the network any more",
        source=f"{VPC_GUIDE}/AmazonDNS-concepts.html",
        applies=lambda update: update.after("EnableDnsSupport") in (False, "false"),
    ),
    Row(
        verdict=Verdict.UNPROTECTED,
        type=ENDPOINT,
        property="PolicyDocument",
        explanation="the endpoint's default policy allows everything",
        source="https://docs.aws.amazon.com/vpc/latest/privatelink/vpc-endpoints-access.html",
        applies=switched_off("PolicyDocument"),
    ),
    Row(
        verdict=Verdict.INTERRUPTS,
        type=ENDPOINT,
        property="PrivateDnsEnabled",
        explanation="the service's name resolves to another address",
        source=f"{REFERENCE}/aws-resource-ec2-vpcendpoint.html",
    ),
)
