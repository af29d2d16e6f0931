"""The alarm on missing backups."""

from __future__ import annotations

import pytest

from support.synthesis import Template

pytestmark = pytest.mark.synth


def test_two_days_without_the_backups_of_all_stores_fire_the_alarm(template: Template) -> None:
    alarm = template.properties("Alarms/BackupsMissing")
    assert (alarm["Namespace"], alarm["MetricName"]) == (
        "AWS/Backup",
        "NumberOfBackupJobsCompleted",
    )
    assert alarm["Dimensions"] == [
        {"Name": "BackupVaultName", "Value": template.ref("Backup/Vault")}
    ]
    assert (alarm["Period"], alarm["EvaluationPeriods"], alarm["Statistic"]) == (86400, 2, "Sum")
    assert alarm["ComparisonOperator"] == "LessThanThreshold"
    # A job that never starts reports nothing.
    assert alarm["TreatMissingData"] == "breaching"
    (selection,) = template.all_of("AWS::Backup::BackupSelection").values()
    stores = selection["BackupSelection"]["Resources"]
    assert alarm["Threshold"] == len(stores)


def test_without_backups_there_is_no_alarm(minimal: Template) -> None:
    assert not minimal.has("Backup/Vault")
    assert not minimal.has("Alarms/BackupsMissing")
