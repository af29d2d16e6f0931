"""The `network` section: addresses, availability zones, NAT and endpoints."""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta

from catalog_platform.model.section import CidrBlock, Section, ZoneName

InterfaceEndpoint = Literal[
    "kinesis-streams", "kms", "lambda", "logs", "monitoring", "secretsmanager", "sns", "sqs", "sts"
]


class Network(Section, frozen=True, kw_only=True):
    """The VPC: private and isolated subnets in each zone, and public subnets if NAT is used."""

    cidr: Annotated[
        CidrBlock,
        Meta(
            description="IPv4 CIDR block of the VPC, /16 to /28; environments must not overlap.",
            examples=["10.20.0.0/16"],
        ),
    ]
    availability_zones: Annotated[
        tuple[ZoneName, ...],
        Meta(
            description="Availability zones, each with one subnet per kind. They are never looked "
            "up in AWS.",
            min_length=2,
            max_length=6,
            examples=[["eu-west-1a", "eu-west-1b"]],
        ),
    ]
    subnet_prefix_length: Annotated[
        int, Meta(description="Prefix length of each subnet.", ge=16, le=28)
    ]
    nat_gateways: Annotated[
        int,
        Meta(
            description="Number of NAT gateways. 0 disables internet access; one per zone "
            "tolerates the loss of a zone.",
            ge=0,
            le=6,
        ),
    ]
    interface_endpoints: Annotated[
        tuple[InterfaceEndpoint, ...],
        Meta(
            description="AWS services that are reached through interface endpoints instead of NAT. "
            "The gateway endpoint for S3 is free and always created.",
            max_length=9,
        ),
    ]
    flow_logs: Annotated[
        Literal["all", "accept", "reject"], Meta(description="Traffic recorded in flow logs.")
    ]
