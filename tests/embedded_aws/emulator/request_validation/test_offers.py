"""What the embedded AWS offers is what the manifest's checks accept."""

from __future__ import annotations

import json
from typing import Any

import pytest

from embedded_aws.emulator.request_validation import offers
from support.manifests import ROOT

CHECKS = ROOT / "platform/catalog_platform/manifest/aws"
COPY = ROOT / "platform/embedded_aws/src/embedded_aws/emulator/request_validation/offers.json"
TYPES = {"rds": "rds_types", "elasticache": "elasticache_types"}


def expected() -> dict[str, Any]:
    def read(name: str) -> Any:
        return json.loads((CHECKS / f"{name}.json").read_text(encoding="utf-8"))

    types = {
        name: {key: read(file)[key] for key in ("sizes", "regions")} for name, file in TYPES.items()
    }
    return {
        "engines": read("versions")["engines"],
        **types,
        "partitions": read("regions")["partitions"],
    }


def test_the_tables_are_those_of_the_checks(golden: bool) -> None:
    text = json.dumps(expected(), indent=1) + "\n"
    if golden:
        COPY.write_text(text, encoding="utf-8")
    assert COPY.read_text(encoding="utf-8") == text, "run `make golden` and review the diff"


@pytest.mark.parametrize("engine", ["postgres", "valkey", "redis"])
def test_versions_are_listed_from_the_oldest(engine: str) -> None:
    numbers = [offers.number(version) for version in offers.versions(engine)]
    assert numbers == sorted(numbers)
    assert len(numbers) > 1


def test_a_version_or_a_major_version_is_offered() -> None:
    newest = offers.versions("postgres")[-1]
    assert offers.is_offered("postgres", newest)
    assert offers.is_offered("postgres", str(offers.major(newest)))
    assert not offers.is_offered("postgres", "99.9")
    assert not offers.is_offered("unknown", newest)


def test_a_region_has_fewer_classes_than_all_together() -> None:
    assert set(offers.classes("rds", "us-east-1")) <= set(offers.classes("rds"))
    assert len(offers.classes("rds", "af-south-1")) < len(offers.classes("rds"))
    assert "t4g.small" in offers.classes("elasticache", "eu-central-1")


def test_zones_are_those_of_the_region() -> None:
    assert offers.zones("eu-central-1") == ("eu-central-1a", "eu-central-1b", "eu-central-1c")
