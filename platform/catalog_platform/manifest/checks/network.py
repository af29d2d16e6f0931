"""Rules about addresses, subnets and endpoints."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterator

from catalog_platform.findings import Severity
from catalog_platform.manifest.checks.rule import Rule, RuleViolation
from catalog_platform.manifest.checks.stream import STREAM_ENDPOINT
from catalog_platform.model import Manifest

REQUIRED_ENDPOINTS: dict[str, str] = {
    "secretsmanager": "the functions use it to read passwords and tokens",
    "sqs": "the processor uses it to announce dead letters",
}
SUBNET_KINDS = 3  # public, private, isolated


def cidr_block(manifest: Manifest) -> ipaddress.IPv4Network | None:
    """Return the CIDR block, or None if it is invalid (see `cidr_is_a_network`)."""
    try:
        return ipaddress.IPv4Network(manifest.network.cidr)
    except ValueError:
        return None


def cidr_is_a_network(manifest: Manifest) -> Iterator[RuleViolation]:
    """`network.cidr` is a valid IPv4 CIDR block without host bits."""
    if cidr_block(manifest) is not None:
        return
    cidr = manifest.network.cidr
    try:
        meant = ipaddress.IPv4Network(cidr, strict=False)
    except ValueError as error:
        yield RuleViolation(
            "network.cidr",
            f"{cidr} is not an IPv4 CIDR block: {error}",
            "write a block such as 10.20.0.0/16",
        )
    else:
        yield RuleViolation("network.cidr", f"{cidr} has host bits set", f"did you mean {meant}?")


def cidr_is_private(manifest: Manifest) -> Iterator[RuleViolation]:
    """`network.cidr` is private (RFC 1918 or RFC 6598).

    With a public block, internet hosts with these addresses would be unreachable.
    """
    addresses = cidr_block(manifest)
    allowed = [
        ipaddress.IPv4Network(each)
        for each in ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10")
    ]
    if addresses and not any(addresses.subnet_of(private) for private in allowed):
        yield RuleViolation(
            "network.cidr",
            f"{addresses} is not a private block",
            f"choose a block within {', '.join(str(private) for private in allowed)}",
        )


def subnets_fit_into_the_network(manifest: Manifest) -> Iterator[RuleViolation]:
    """The network has room for a public, a private and an isolated subnet in each zone."""
    addresses = cidr_block(manifest)
    if addresses is None:
        return
    length = manifest.network.subnet_prefix_length
    needed = SUBNET_KINDS * len(manifest.network.availability_zones)
    available = 2 ** (length - addresses.prefixlen) if length >= addresses.prefixlen else 0
    if needed > available:
        fitting = addresses.prefixlen + (needed - 1).bit_length()
        yield RuleViolation(
            "network.subnet_prefix_length",
            f"{needed} subnets of /{length} do not fit into {addresses}, which holds {available}",
            f"set it to {fitting} or more" if fitting <= 28 else "choose a larger network.cidr",
            ("network.cidr", "network.availability_zones"),
        )


def nat_gateways_have_zones(manifest: Manifest) -> Iterator[RuleViolation]:
    """There are no more NAT gateways than zones: each needs its own public subnet."""
    zones, gateways = len(manifest.network.availability_zones), manifest.network.nat_gateways
    if gateways > zones:
        yield RuleViolation(
            "network.nat_gateways",
            f"{gateways} NAT gateways need {gateways} availability zones, but there are {zones}",
            f"set it to {zones} or less",
            ("network.availability_zones",),
        )


def private_network_has_endpoints(manifest: Manifest) -> Iterator[RuleViolation]:
    """Without NAT gateways, each AWS service that the functions call has an interface endpoint.

    S3 needs none here: it always has a gateway endpoint.
    """
    network = manifest.network
    if network.nat_gateways > 0 or manifest.release.target == "embedded":
        return
    for service, purpose in REQUIRED_ENDPOINTS.items():
        if service not in network.interface_endpoints:
            yield RuleViolation(
                "network.interface_endpoints",
                f"{service} is missing: {purpose}, and network.nat_gateways is 0",
                f"add {service}, or set network.nat_gateways to 1 or more",
                ("network.nat_gateways",),
            )


def endpoints_are_used(manifest: Manifest) -> Iterator[RuleViolation]:
    """Each interface endpoint belongs to a service that the functions call.

    AWS bills an interface endpoint per hour and zone. Lambda, and not the functions' code, sends
    logs, metrics and traces. AWS services use KMS on behalf of the functions.

    https://aws.amazon.com/privatelink/pricing/
    """
    network = manifest.network
    if manifest.release.target == "embedded":
        return
    used = {*REQUIRED_ENDPOINTS, *([STREAM_ENDPOINT] if manifest.replayer.enabled else [])}
    for index, service in enumerate(network.interface_endpoints):
        if service not in used:
            yield RuleViolation(
                f"network.interface_endpoints[{index}]",
                f"{service} is called by no function of this environment; AWS bills the endpoint "
                f"per hour and zone, in {len(network.availability_zones)} zones",
                f"remove {service}, unless other software in this VPC needs it",
                ("network.interface_endpoints", "replayer.enabled"),
                Severity.WARNING,
            )


RULES: tuple[Rule, ...] = (
    cidr_is_a_network,
    cidr_is_private,
    subnets_fit_into_the_network,
    nat_gateways_have_zones,
    private_network_has_endpoints,
    endpoints_are_used,
)
