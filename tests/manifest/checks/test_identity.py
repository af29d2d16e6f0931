from __future__ import annotations

from pathlib import Path

import pytest

from catalog_platform.manifest import Manifests
from catalog_platform.manifest.checks import identity as rules
from support.manifests import VALID, a_repository
from support.models import violations


@pytest.mark.parametrize(("file", "found"), [("sample", 0), ("simple", 1)])
def test_the_name_is_compared_with_the_file(file: str, found: int, tmp_path: Path) -> None:
    manifests = Manifests(a_repository(tmp_path / "r", **{file: VALID}))
    _, findings = manifests.check([file])
    assert [each.rule for each in findings] == ["name-is-the-file-name"] * found
    for finding in findings:
        assert str(finding.location) == "environments/simple.yaml:2:3"
        assert finding.hint == "write `name: simple`, or rename the file to sample.yaml"


@pytest.mark.parametrize(
    ("zones", "found"),
    [
        (["eu-west-1a", "eu-west-1b"], []),
        (["eu-west-1a", "eu-west-2b"], ["network.availability_zones[1]"]),
        (["us-east-1a", "us-east-1b"], [f"network.availability_zones[{n}]" for n in (0, 1)]),
    ],
)
def test_each_zone_of_another_region_is_found(zones: list[str], found: list[str]) -> None:
    assert violations(rules.zones_are_in_the_region, network={"availability_zones": zones}) == found
