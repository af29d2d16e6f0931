"""Versions and types that AWS doesn't offer are refused; the message names the nearest ones."""

from __future__ import annotations

import pytest

from catalog_platform.manifest.aws import data
from catalog_platform.manifest.checks import aws_availability
from catalog_platform.manifest.checks.rule import RuleViolation
from support import aws_data
from support.models import a_manifest


def version_problems(version: str) -> list[RuleViolation]:
    manifest = a_manifest(database={"engine_version": version})
    return list(aws_availability.postgresql_version_is_offered(manifest))


def test_the_version_of_replicas_is_checked_too() -> None:
    for version, severity in (("17.4", "error"), ("17.99", "error"), ("17.9", None)):
        manifest = a_manifest(database={"replica_engine_version": version})
        found = list(aws_availability.postgresql_version_is_offered(manifest))
        expected = [] if severity is None else [("database.replica_engine_version", severity)]
        assert [(each.path, each.severity.value) for each in found] == expected


def class_problems(name: str, region: str = "eu-west-1") -> list[RuleViolation]:
    manifest = a_manifest(database={"instance_class": name}, environment={"region": region})
    return list(aws_availability.instance_class_is_offered(manifest))


def test_every_version_that_has_ended_is_refused() -> None:
    ended = [each for each in aws_data.ended_versions() if each[:2].isdigit() and each[2:3] == "."]
    ended = [each for each in ended if each.count(".") == 1 and each[3:].isdigit()]
    assert len(ended) > 100
    for version in ended:
        assert [each.severity.value for each in version_problems(version)] == ["error"], version


def test_every_version_that_is_offered_passes() -> None:
    for version in data.versions("postgres"):
        assert version_problems(version) == []


@pytest.mark.parametrize(
    ("ahead", "severity"), [(1, "warning"), (aws_availability.MINORS_AHEAD + 1, "error")]
)
def test_a_slightly_newer_minor_version_is_only_a_warning(ahead: int, severity: str) -> None:
    major, minor = data.versions("postgres")[-1].split(".")
    problems = version_problems(f"{major}.{int(minor) + ahead}")
    assert [each.severity.value for each in problems] == [severity]


def test_a_wrong_size_is_answered_with_the_sizes_of_the_family() -> None:
    (problem,) = class_problems("db.r6g.gigantic")
    assert problem.hint.startswith("use one of db.r6g.large, db.r6g.xlarge, db.r6g.2xlarge")
    assert len(problem.hint) < 200


def test_a_wrong_family_is_answered_with_similar_names() -> None:
    (problem,) = class_problems("db.r66g.large")
    assert "db.r6g.large" in problem.hint
    assert len(problem.hint) < 100


def test_a_class_of_another_region_is_refused() -> None:
    missing = data.offered("rds", "eu-west-1") - data.offered("rds", "me-central-1")
    name = f"db.{min(missing)}"
    assert class_problems(name) == []
    (problem,) = class_problems(name, region="me-central-1")
    assert "me-central-1" in problem.message


def test_the_tiered_node_types_are_in_the_table() -> None:
    offered = {each.split(".")[0] for each in data.offered("elasticache", "eu-west-1")}
    assert offered >= aws_availability.TIERED_CACHE_FAMILIES
