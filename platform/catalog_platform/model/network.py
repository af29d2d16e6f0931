"""Addresses, zones and the ways out of the network."""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta

from catalog_platform.model.section import CidrBlock, Section, ZoneName

InterfaceEndpoint = Literal[
    "kinesis-streams", "kms", "lambda", "logs", "monitoring", "secretsmanager", "sns", "sqs", "sts"
]


class Network(Section, frozen=True, kw_only=True):
    """The VPC: private and isolated subnets in each zone, public ones where there is NAT."""

    cidr: Annotated[
        CidrBlock,
        Meta(
            description="IPv4 block of the VPC, /16 to /28; no two environments may overlap.",
            examples=["10.20.0.0/16"],
        ),
    ]
    availability_zones: Annotated[
        tuple[ZoneName, ...],
        Meta(
            description="Zones that get one subnet of each kind; written here, never looked up.",
            min_length=2,
            max_length=6,
            examples=[["eu-west-1a", "eu-west-1b"]],
        ),
    ]
    subnet_prefix_length: Annotated[
        int, Meta(description="Size of each subnet as a prefix length.", ge=16, le=28)
    ]
    nat_gateways: Annotated[
        int,
        Meta(
            description="NAT gateways: 0 closes the way to the internet, one per zone survives "
            "the loss of a zone.",
            ge=0,
            le=6,
        ),
    ]
    interface_endpoints: Annotated[
        tuple[InterfaceEndpoint, ...],
        Meta(
            description="AWS services reached over private endpoints instead of NAT. The gateway "
            "endpoint for S3 costs nothing and is always there.",
            max_length=9,
        ),
    ]
    flow_logs: Annotated[
        Literal["all", "accept", "reject"], Meta(description="Traffic that flow logs record.")
    ]
