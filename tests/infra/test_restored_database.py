"""The instance that is restored from a snapshot, or from a point in time."""

from __future__ import annotations

import pytest

from catalog_platform.aws.refused_updates import refused_updates
from support.models import a_manifest
from support.synthesis import Template, templates_of

pytestmark = pytest.mark.synth

SNAPSHOT = "rds:catalog-sample-2026-11-26-03-05"
INSTANCE, TIME = "db-ABCDEFGHIJKLMNOPQRSTUVWXYZ", "2026-11-26T02:15:00Z"
INHERITED = {"DBName", "KmsKeyId", "MasterUsername"}


@pytest.fixture(scope="module")
def restored(tmp_path_factory: pytest.TempPathFactory) -> tuple[Template, ...]:
    """Templates: from a snapshot under a new and the old identifier, and from a time."""
    new = {"identifier": "catalog-sample-2", "restore_from": SNAPSHOT}
    return tuple(
        templates_of(tmp_path_factory.mktemp("restored"), a_manifest(database=database))[0]
        for database in (
            new,
            new | {"identifier": "catalog-sample"},
            new | {"restore_from": INSTANCE, "restore_time": TIME},
        )
    )


def test_what_rds_inherits_is_not_in_the_template(restored: tuple[Template, ...]) -> None:
    from_snapshot, _, from_time = restored
    properties = from_snapshot.properties("Database/Instance")
    assert properties["DBSnapshotIdentifier"] == SNAPSHOT
    assert not INHERITED & set(properties)
    assert "RestoreTime" not in properties
    properties = from_time.properties("Database/Instance")
    assert (properties["SourceDbiResourceId"], properties["RestoreTime"]) == (INSTANCE, TIME)
    assert not (INHERITED | {"DBSnapshotIdentifier", "SourceDBInstanceIdentifier"}) & set(
        properties
    )


def test_everything_else_is_as_in_a_new_database(
    template: Template, restored: tuple[Template, ...]
) -> None:
    plain = template.properties("Database/Instance")
    for each in restored:
        properties = each.properties("Database/Instance")
        kept = set(plain) - INHERITED - {"DBInstanceIdentifier"}
        assert {name: properties[name] for name in kept} == {name: plain[name] for name in kept}
        # The owner's password becomes the one in the secret, whatever it was in the snapshot.
        assert "MasterUserPassword" in kept
        assert each.logical_ids["Database/Instance"] == (template.logical_ids["Database/Instance"])


def test_the_old_instance_and_its_backups_are_kept(restored: tuple[Template, ...]) -> None:
    instance = restored[0].resource("Database/Instance")
    assert instance["UpdateReplacePolicy"] == "Snapshot"
    assert instance["Properties"]["DeleteAutomatedBackups"] is False


def test_the_migrator_runs_on_the_restored_instance(restored: tuple[Template, ...]) -> None:
    (migrations,) = restored[0].all_of("Custom::CatalogSchema").values()
    instance = restored[0].logical_ids["Database/Instance"]
    assert migrations["Database"] == {"Fn::GetAtt": [instance, "DbiResourceId"]}


def test_a_restore_needs_a_new_identifier_and_stays_in_the_manifest(
    template: Template, restored: tuple[Template, ...]
) -> None:
    from_snapshot, under_the_old_name, from_time = restored

    def refused(base: Template, head: Template) -> set[str]:
        return {
            found.type
            for found in refused_updates(base.content, head.content)
            if found.type == "AWS::RDS::DBInstance"
        }

    # The old instance is protected, so it stays beside the restored one, as the runbook says.
    for head in (from_snapshot, from_time):
        (left_behind,) = refused_updates(template.content, head.content)
        assert left_behind.property == "DeletionProtection"
    assert refused(template, under_the_old_name) == {"AWS::RDS::DBInstance"}
    # Another source under the same name, and no source any more.
    assert refused(from_snapshot, from_time) == {"AWS::RDS::DBInstance"}
    assert refused(under_the_old_name, template) == {"AWS::RDS::DBInstance"}
