"""The alarm on backups that are missing.

It counts completed backups instead of failed ones: a job that was never started fails nowhere.
"""

from __future__ import annotations

from aws_cdk import Duration
from aws_cdk import aws_backup as backup
from aws_cdk import aws_cloudwatch as cloudwatch

from catalog_platform.infra.alarms import missing_data
from catalog_platform.infra.alarms.factory import AlarmFactory

# With one day, a backup that takes longer than the day before would fire the alarm.
# https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricAlarm.html
DAYS = 2


def add_alarm(factory: AlarmFactory, vault: backup.CfnBackupVault | None) -> None:
    """Create the alarm, if there is a vault.

    https://docs.aws.amazon.com/aws-backup/latest/devguide/cloudwatch.html
    """
    if vault is None:
        return
    factory.add_alarm(
        "BackupsMissing",
        "backups_missing",
        cloudwatch.Metric(
            namespace="AWS/Backup",
            metric_name="NumberOfBackupJobsCompleted",
            dimensions_map={"BackupVaultName": vault.ref},
            period=Duration.days(1),
            statistic="Sum",
        ),
        summary="Fires when AWS Backup has completed too few backups on each of two days. Older "
        "backups expire, and there may be nothing recent to restore",
        periods=DAYS,
        missing_data=missing_data.breaching("AWS Backup reports each day with a backup"),
    )
