"""The tables of versions and families agree with cfn-lint's data, which comes from AWS."""

from __future__ import annotations

import json
import re
from functools import cache
from pathlib import Path
from typing import Any

import cfnlint
import pytest

from catalog_platform.manifest.checks import aws_availability
from support.models import a_manifest

DATA = Path(cfnlint.__file__).parent / "data" / "schemas" / "extensions"
RDS = DATA / "aws_rds_dbinstance"


@cache
def load(path: Path) -> Any:
    return json.loads(path.read_text())


def versions(file: str) -> set[str]:
    """Return the PostgreSQL versions (major.minor) that a cfn-lint file lists."""
    found: set[str] = set()
    for rule in load(RDS / file)["allOf"]:
        given = rule["if"]["properties"]
        if given["Engine"].get("const") == "postgres":
            # Refused versions are in the condition of a rule, allowed ones in its consequence.
            listed = given.get("EngineVersion", {}).get("enum")
            found.update(listed or rule["then"]["properties"]["EngineVersion"]["enum"])
    return {version for version in found if re.fullmatch(r"[0-9]{2}\.[0-9]{1,2}", version)}


def complaints(**database: str) -> list[str]:
    problems = aws_availability.postgresql_version_is_offered(a_manifest(database=database))
    return [problem.message for problem in problems]


def families(rules: Any) -> set[str]:
    """Return the families in cfn-lint's rules about PostgreSQL 14 and newer."""
    found: set[str] = set()
    for rule in rules:
        given = rule["if"]["properties"]
        version = given.get("EngineVersion", {}).get("pattern", "^(18")
        recent = re.match(r"\^\((1[4-8])\b(?!\\.00)", version)
        if given.get("Engine", {}).get("const") == "postgres" and recent:
            found.update(
                name.split(".")[1] for name in rule["then"]["properties"]["DBInstanceClass"]["enum"]
            )
    return found


def test_every_version_that_has_ended_is_refused() -> None:
    ended = versions("engine_version_deprecated.json")
    assert len(ended) > 100
    for version in ended:
        assert complaints(engine_version=version), version


def test_every_version_that_is_offered_passes() -> None:
    offered = versions("engine_version.json") - versions("engine_version_deprecated.json")
    for version in sorted(offered):
        if int(version[:2]) >= 14:
            assert complaints(engine_version=version) == [], version


def test_the_database_families_are_those_that_aws_offers() -> None:
    sold: set[str] = set()
    for region in load(RDS / "dbinstanceclass_enum.json").values():
        sold |= families(region["allOf"])
    runs = families(load(RDS / "db_instance_class.json")["allOf"])
    assert sold & runs == aws_availability.DATABASE_FAMILIES
    assert not aws_availability.ENDED_DATABASE_FAMILIES & runs


def test_the_cache_families_are_those_that_aws_offers() -> None:
    file = DATA / "aws_elasticache_cachecluster" / "cachenodetype_enum.json"
    sold = {
        name.split(".")[1]
        for region in load(file).values()
        if isinstance(region, dict)
        for name in region["enum"]
    }
    assert sold == aws_availability.CACHE_FAMILIES | aws_availability.TIERED_CACHE_FAMILIES


@pytest.mark.parametrize("machine", ["db.m99g.large", "db.z1.large"])
def test_an_unknown_family_is_only_a_warning(machine: str) -> None:
    problems = list(
        aws_availability.instance_class_runs_postgresql(
            a_manifest(database={"instance_class": machine})
        )
    )
    assert [problem.severity.value for problem in problems] == ["warning"]
