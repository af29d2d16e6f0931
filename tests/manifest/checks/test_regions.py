from __future__ import annotations

import pytest

from catalog_platform.manifest.checks import regions as rules
from support.models import a_manifest, violations

ZONES = "network.availability_zones"


@pytest.mark.parametrize(("region", "found"), [("eu-west-1", []), ("eu-west-9", [1])])
def test_a_region_that_aws_does_not_have_is_refused(region: str, found: list[int]) -> None:
    problems = list(rules.region_exists(a_manifest(environment={"region": region})))
    assert [each.path for each in problems] == ["environment.region"] * len(found)
    assert all("did you mean eu-west-" in each.hint for each in problems)


@pytest.mark.parametrize(
    ("zones", "found"),
    [
        (["eu-west-1a", "eu-west-1b"], []),
        (["eu-west-1a", "eu-west-2b"], [f"{ZONES}[1]"]),
        (["us-east-1a", "us-east-1b"], [f"{ZONES}[{n}]" for n in (0, 1)]),
    ],
)
def test_each_zone_of_another_region_is_found(zones: list[str], found: list[str]) -> None:
    network = {"availability_zones": zones}
    assert violations(rules.zones_are_in_the_region, network=network) == found
    assert violations(rules.zones_exist, network=network) == []


def test_a_zone_that_the_region_does_not_have_is_refused() -> None:
    network = {"availability_zones": ["eu-west-1c", "eu-west-1d"]}
    assert violations(rules.zones_exist, network=network) == [f"{ZONES}[1]"]
    assert violations(rules.zones_are_in_the_region, network=network) == []


def test_the_zones_of_an_unknown_region_are_not_checked() -> None:
    manifest = a_manifest(
        environment={"region": "eu-west-9"},
        network={"availability_zones": ["eu-west-9y", "eu-west-9z"]},
    )
    assert list(rules.zones_exist(manifest)) == []


@pytest.mark.parametrize(
    "region", ["il-central-1", "cn-north-1", "us-gov-west-1", "ap-southeast-5"]
)
@pytest.mark.parametrize(
    ("target", "tls", "found"),
    [("aws", True, ["environment.region"]), ("aws", False, []), ("embedded", True, [])],
)
def test_a_region_whose_database_certificates_are_missing_is_refused(
    region: str, target: str, tls: bool, found: list[str]
) -> None:
    sections = {"environment": {"region": region}, "release": {"target": target}}
    rule = rules.region_has_database_certificates
    assert violations(rule, **sections, database={"require_tls": tls}) == found


def test_the_regions_with_database_certificates_are_valid_values() -> None:
    manifest = a_manifest(environment={"region": "il-central-1"})
    (found,) = rules.region_has_database_certificates(manifest)
    assert "af-south-1, ap-east-1, " in found.hint
    assert (
        violations(rules.region_has_database_certificates, environment={"region": "eu-west-1"})
        == []
    )
