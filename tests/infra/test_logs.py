"""Log groups."""

from __future__ import annotations

import pytest

from support.synthesis import Template

pytestmark = pytest.mark.synth


def test_log_retention_follows_the_manifest(template: Template) -> None:
    days = {
        path: template.properties(path)["RetentionInDays"]
        for path, logical_id in template.logical_ids.items()
        if template.resources.get(logical_id, {}).get("Type") == "AWS::Logs::LogGroup"
    }
    assert days == {
        "Logs/DatabasePostgresql": 30,
        "Logs/DatabaseProxy": 30,
        "Logs/DatabaseUpgrade": 30,
        "Logs/Flow": 90,
        "Logs/Processor": 30,
        "Logs/Reader": 30,
        "Logs/Replayer": 30,
        "Logs/Rotation": 30,
        "Logs/Schema": 30,
        "Logs/Trail": 30,
    }


def test_rds_log_groups_are_created_before_the_instance(maximal: Template) -> None:
    for number in ("", "1", "2"):
        path = f"Database/Replica{number}" if number else "Database/Instance"
        member = f"catalog-sample-replica-{number}" if number else "catalog-sample"
        assert maximal.properties(path)["DBInstanceIdentifier"] == member
        for export in ("postgresql", "upgrade"):
            group = f"Logs/Database{f'Replica{number}' if number else ''}{export.title()}"
            assert maximal.properties(group)["LogGroupName"] == (
                f"/aws/rds/instance/{member}/{export}"
            )
            assert maximal.logical_ids[group] in maximal.resource(path)["DependsOn"]


def test_failed_creation_deletes_named_log_groups(
    template: Template,
) -> None:
    group = template.resource("Logs/DatabasePostgresql")
    assert group["DeletionPolicy"] == "RetainExceptOnCreate"
    assert group["UpdateReplacePolicy"] == "Retain"


def test_rds_creates_log_groups_of_unnamed_instances(
    minimal: Template,
) -> None:
    assert not minimal.has("Logs/DatabasePostgresql")
    assert "DBInstanceIdentifier" not in minimal.properties("Database/Instance")


def test_log_group_removal_follows_the_manifest(template: Template) -> None:
    assert template.resource("Logs/Processor")["DeletionPolicy"] == "RetainExceptOnCreate"
