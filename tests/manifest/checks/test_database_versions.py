"""Versions of the instance and its read replicas."""

from __future__ import annotations

import pytest

from catalog_platform.manifest.checks import database_versions as rules
from support.models import a_manifest, violations

REPLICA = "database.replica_engine_version"


@pytest.mark.parametrize(
    ("own", "replica", "found"),
    [
        ("17.9", None, []),
        ("17.9", "17.9", []),
        ("17.9", "17.10", []),
        ("17.10", "17.9", [REPLICA]),
        ("17.9", "16.10", [REPLICA]),
        ("17.9", "18.1", [REPLICA]),
    ],
)
def test_a_replica_is_at_most_minor_versions_ahead(
    own: str, replica: str | None, found: list[str]
) -> None:
    database = {"engine_version": own, "replica_engine_version": replica}
    assert violations(rules.replicas_are_as_new_as_the_instance, database=database) == found


def test_the_hint_names_the_versions_that_are_accepted() -> None:
    manifest = a_manifest(database={"engine_version": "17.10", "replica_engine_version": "18.1"})
    (found,) = rules.replicas_are_as_new_as_the_instance(manifest)
    assert "another major version" in found.message
    assert found.hint == "set it to null, or to 17.10 or a newer 17.x"


@pytest.mark.parametrize(
    ("allowed", "replicas", "found"),
    [
        (True, 0, []),
        (False, 2, []),
        (True, 1, ["database.allow_major_upgrade"]),
    ],
)
def test_a_major_upgrade_is_allowed_without_replicas_only(
    allowed: bool, replicas: int, found: list[str]
) -> None:
    database = {"allow_major_upgrade": allowed, "read_replicas": replicas}
    assert violations(rules.major_upgrades_are_made_without_replicas, database=database) == found
