"""Log groups."""

from __future__ import annotations

import pytest

from support.synthesis import Template

pytestmark = pytest.mark.synth


def test_every_log_group_is_kept_as_long_as_the_manifest_says(template: Template) -> None:
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


def test_groups_that_rds_would_make_are_there_before_it_does(maximal: Template) -> None:
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


def test_a_group_under_a_fixed_name_is_not_left_behind_by_a_failed_creation(
    template: Template,
) -> None:
    group = template.resource("Logs/DatabasePostgresql")
    assert group["DeletionPolicy"] == "RetainExceptOnCreate"
    assert group["UpdateReplacePolicy"] == "Retain"


def test_where_cloudformation_names_the_instance_its_groups_are_left_to_rds(
    minimal: Template,
) -> None:
    assert not minimal.has("Logs/DatabasePostgresql")
    assert "DBInstanceIdentifier" not in minimal.properties("Database/Instance")


def test_log_groups_follow_the_manifest_when_they_leave(template: Template) -> None:
    assert template.resource("Logs/Processor")["DeletionPolicy"] == "Retain"
