"""AWS Backup."""

from __future__ import annotations

import pytest

from support.synthesis import Template

pytestmark = pytest.mark.synth


def test_copies_are_made_daily_and_kept_as_long_as_the_manifest_says(template: Template) -> None:
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


def test_database_and_archive_are_copied(template: Template) -> None:
    selection = template.properties("Backup/Selection")["BackupSelection"]
    database, archive = selection["Resources"]
    assert template.logical_ids["Database/Instance"] in str(database)
    assert archive == template.arn("Archive/Bucket")


def test_the_vault_outlives_the_stack_but_not_a_creation_that_failed(template: Template) -> None:
    vault = template.resource("Backup/Vault")
    assert vault["DeletionPolicy"] == "RetainExceptOnCreate"
    assert vault["Properties"]["BackupVaultName"] == "catalog-sample"


def test_only_aws_backup_for_this_account_may_copy(template: Template) -> None:
    role = template.properties("Backup/Role")
    (statement,) = role["AssumeRolePolicyDocument"]["Statement"]
    assert statement["Principal"] == {"Service": "backup.amazonaws.com"}
    assert statement["Condition"] == {"StringEquals": {"aws:SourceAccount": "123456789012"}}


def test_switched_off_there_is_nothing_of_it(minimal: Template) -> None:
    assert not any(path.startswith("Backup/") for path in minimal.logical_ids)
