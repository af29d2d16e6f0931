"""Read replicas and their source."""

from __future__ import annotations

from typing import Any

import pytest

from catalog_platform.aws.refused_updates import refused_updates
from support.updates import instances


def test_a_minor_upgrade_is_refused_while_there_is_an_older_replica() -> None:
    (found,) = refused_updates(instances("17.9"), instances("17.10"))
    assert (found.resource, found.key) == ("Source", "database.engine_version")
    assert "read replicas" in found.reason
    assert not refused_updates(instances("17.9", replica=False), instances("17.10", replica=False))


@pytest.mark.parametrize(
    ("base", "head", "refused"),
    [
        # Replicas first, then their source: two changes.
        (
            instances("17.9", EngineVersion="17.9"),
            instances("17.9", EngineVersion="17.10"),
            [],
        ),
        (
            instances("17.9", EngineVersion="17.10"),
            instances("17.10", EngineVersion="17.10"),
            [],
        ),
        # Both at once: CloudFormation updates the source first.
        (
            instances("17.9", EngineVersion="17.9"),
            instances("17.10", EngineVersion="17.10"),
            ["Source"],
        ),
        # A removed replica is deleted last; an added one is created last.
        (
            instances("17.9", EngineVersion="17.9"),
            instances("17.10", replica=False),
            ["Source"],
        ),
        (
            instances("17.9", replica=False),
            instances("17.10", EngineVersion="17.10"),
            [],
        ),
        (
            instances("17.9", EngineVersion="17.10"),
            instances("17.10", EngineVersion="17.11"),
            [],
        ),
        (
            instances("17.9", EngineVersion="17.10"),
            instances("17.9", EngineVersion="17.9"),
            ["Replica"],
        ),
        (
            instances("17.9", EngineVersion="17.9"),
            instances("17.9", EngineVersion="18.1"),
            ["Replica"],
        ),
    ],
)
def test_replicas_are_upgraded_before_their_source(
    base: dict[str, Any], head: dict[str, Any], refused: list[str]
) -> None:
    assert [found.resource for found in refused_updates(base, head)] == refused


def test_a_replica_does_not_stay_behind_a_source_that_is_newer() -> None:
    base = instances("17.10", EngineVersion="17.9")
    (found,) = refused_updates(base, instances("17.10", EngineVersion="17.9", Port="5433"))
    assert (found.resource, found.key) == ("Replica", "database.replica_engine_version")


def test_backups_stay_on_while_a_replica_is_deployed() -> None:
    def pair(days: int, *, replica: bool = True) -> dict[str, Any]:
        template = instances("17.9", replica=replica)
        template["Resources"]["Source"]["Properties"]["BackupRetentionPeriod"] = days
        return template

    for head in (pair(0), pair(0, replica=False)):
        (found,) = refused_updates(pair(7), head)
        assert (found.resource, found.property) == ("Source", "BackupRetentionPeriod")
    assert not refused_updates(pair(7), pair(1))
    assert not refused_updates(pair(7, replica=False), pair(0, replica=False))
