from __future__ import annotations

import pytest

from catalog_platform.findings import Severity
from catalog_platform.manifest.checks import network as rules
from support.models import a_manifest, violations

ENDPOINTS = ["secretsmanager", "sqs"]


@pytest.mark.parametrize(
    ("cidr", "hint"),
    [
        ("10.20.0.0/16", None),
        ("10.20.1.0/16", "did you mean 10.20.0.0/16?"),
        ("10.300.0.0/16", "write a block such as 10.20.0.0/16"),
    ],
)
def test_a_block_is_a_network_without_host_bits(cidr: str, hint: str | None) -> None:
    manifest = a_manifest(network={"cidr": cidr})
    assert [each.hint for each in rules.cidr_is_a_network(manifest)] == ([hint] if hint else [])
    assert (rules.cidr_block(manifest) is None) == (hint is not None)


@pytest.mark.parametrize(
    ("cidr", "found"),
    [
        ("10.0.0.0/16", False),
        ("172.31.0.0/16", False),
        ("172.32.0.0/16", True),
        ("192.168.0.0/16", False),
        ("100.64.0.0/16", False),
        ("100.128.0.0/16", True),
        ("8.8.0.0/16", True),
        ("10.20.1.0/16", False),  # another rule reports it
    ],
)
def test_a_block_is_private(cidr: str, found: bool) -> None:
    assert bool(violations(rules.cidr_is_private, network={"cidr": cidr})) == found


@pytest.mark.parametrize(
    ("cidr", "length", "zones", "found"),
    [
        ("10.0.0.0/24", 27, "ab", False),  # six of eight
        ("10.0.0.0/24", 27, "abc", True),  # nine of eight
        ("10.0.0.0/24", 28, "abc", False),
        ("10.0.0.0/24", 23, "ab", True),  # larger than the network
    ],
)
def test_the_subnets_of_all_zones_fit(cidr: str, length: int, zones: str, found: bool) -> None:
    network = {
        "cidr": cidr,
        "subnet_prefix_length": length,
        "availability_zones": [f"eu-west-1{zone}" for zone in zones],
    }
    assert bool(violations(rules.subnets_fit_into_the_network, network=network)) == found


@pytest.mark.parametrize(("gateways", "found"), [(2, False), (3, True)])
def test_there_is_a_zone_for_each_nat_gateway(gateways: int, found: bool) -> None:
    assert bool(violations(rules.nat_gateways_have_zones, network={"nat_gateways": gateways})) == (
        found
    )


@pytest.mark.parametrize(
    ("gateways", "endpoints", "target", "found"),
    [
        (0, ENDPOINTS, "aws", 0),
        (0, ["sqs"], "aws", 1),
        (0, [], "aws", 2),
        (1, [], "aws", 0),
        (0, [], "embedded", 0),
    ],
)
def test_without_nat_gateways_each_called_service_has_an_endpoint(
    gateways: int, endpoints: list[str], target: str, found: int
) -> None:
    broken = violations(
        rules.private_network_has_endpoints,
        network={"nat_gateways": gateways, "interface_endpoints": endpoints},
        release={"target": target},
    )
    assert broken == ["network.interface_endpoints"] * found


@pytest.mark.parametrize(
    ("endpoints", "replayer", "target", "unused"),
    [
        (ENDPOINTS, False, "aws", []),
        ([*ENDPOINTS, "kinesis-streams"], True, "aws", []),
        ([*ENDPOINTS, "kinesis-streams"], False, "aws", [2]),
        (["kms", *ENDPOINTS, "logs"], True, "aws", [0, 3]),
        (["kms"], False, "embedded", []),
    ],
)
def test_an_endpoint_that_no_function_calls_is_a_warning(
    endpoints: list[str], replayer: bool, target: str, unused: list[int]
) -> None:
    manifest = a_manifest(
        network={"interface_endpoints": endpoints},
        replayer={"enabled": replayer},
        release={"target": target},
    )
    found = list(rules.endpoints_are_used(manifest))
    assert [each.path for each in found] == [
        f"network.interface_endpoints[{index}]" for index in unused
    ]
    assert {each.severity for each in found} <= {Severity.WARNING}
    assert all("per hour and zone, in 2 zones" in each.message for each in found)
