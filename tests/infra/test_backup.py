"""AWS Backup."""

from __future__ import annotations

import pytest

from support.synthesis import Template

pytestmark = pytest.mark.synth


def test_backup_schedule_and_retention_follow_the_manifest(template: Template) -> None:
    plan = template.properties("Backup/Plan")["BackupPlan"]
    assert plan["BackupPlanRule"] == [
        {
            "Lifecycle": {"DeleteAfterDays": 35},
            "RuleName": "daily",
            "ScheduleExpression": "cron(0 1 * * ? *)",
            "StartWindowMinutes": 60,
            "TargetBackupVault": template.ref("Backup/Vault"),
        }
    ]


def test_database_and_archive_are_backed_up(template: Template) -> None:
    selection = template.properties("Backup/Selection")["BackupSelection"]
    database, archive = selection["Resources"]
    assert template.logical_ids["Database/Instance"] in str(database)
    assert archive == template.arn("Archive/Bucket")


def test_the_vault_outlives_the_stack_but_not_a_creation_that_failed(template: Template) -> None:
    vault = template.resource("Backup/Vault")
    assert vault["DeletionPolicy"] == "RetainExceptOnCreate"
    assert vault["Properties"]["BackupVaultName"] == "catalog-sample"


def test_only_aws_backup_of_this_account_assumes_the_role(template: Template) -> None:
    role = template.properties("Backup/Role")
    (statement,) = role["AssumeRolePolicyDocument"]["Statement"]
    assert statement["Principal"] == {"Service": "backup.amazonaws.com"}
    assert statement["Condition"] == {"StringEquals": {"aws:SourceAccount": "123456789012"}}


def test_no_backup_resources_when_disabled(minimal: Template) -> None:
    assert not any(path.startswith("Backup/") for path in minimal.logical_ids)
