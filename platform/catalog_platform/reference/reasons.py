"""Why a manifest accepts what it does, where AWS publishes no limit or its sources differ.

A test fails for a key whose accepted values go beyond what AWS publishes and that has neither a
rule nor an entry here, and for an entry that is not needed.
"""

from __future__ import annotations

from collections.abc import Mapping

DOCS = "https://docs.aws.amazon.com"
S3_DAYS = (
    "S3 accepts any positive number of days "
    f"(<{DOCS}/AmazonS3/latest/userguide/intro-lifecycle-rules.html>)"
)
VARIABLE = (
    "only our functions read this variable; Lambda limits the size of all variables together "
    f"(<{DOCS}/lambda/latest/dg/gettingstarted-limits.html>)"
)

# By property: reasons that hold for every key whose value it shows.
BY_PROPERTY: Mapping[str, str] = {
    "CloudWatch::Alarm.Threshold": "CloudWatch accepts any number as a threshold "
    f"(<{DOCS}/AmazonCloudWatch/latest/APIReference/API_PutMetricAlarm.html>)",
    "Lambda::Function.Environment.Variables.LOG_LEVEL": VARIABLE,
    "Lambda::Function.Environment.Variables.PAGE_FRESH_SECONDS": VARIABLE,
    "Lambda::Function.Environment.Variables.STOCK_FRESH_SECONDS": VARIABLE,
    "Lambda::Function.Environment.Variables.UNKNOWN_FRESH_SECONDS": VARIABLE,
    "S3::Bucket.LifecycleConfiguration.Rules.*.ExpirationInDays": S3_DAYS,
    "S3::Bucket.LifecycleConfiguration.Rules.*.NoncurrentVersionExpiration.NoncurrentDays": S3_DAYS,
    "S3::Bucket.LifecycleConfiguration.Rules.*.Transitions.*.TransitionInDays": S3_DAYS,
}

REASONS: Mapping[str, str] = {
    "alarms.processor_duration.above_percent": "the threshold is this share of "
    "processor.timeout_seconds, and CloudWatch accepts any number as a threshold",
    "archive.object_lock": "`off` leaves the property out",
    "cache.engine": "ElastiCache's third engine, memcached, has another protocol",
    "cache.maintenance_window": "the pattern is that of the API; length and overlap are checked "
    "with the snapshot window",
    "cache.snapshot_retention_days": "ElastiCache keeps snapshots for at most 35 days "
    f"(<{DOCS}/AmazonElastiCache/latest/dg/backups-automatic.html>)",
    "database.authentication": "the functions read it; both ways are enabled on the instance",
    "database.maintenance_window": "the pattern is that of the API; length and overlap are checked "
    "with the backup window",
    "database.monitoring_interval_seconds": "the values are those of the API's documentation "
    f"(<{DOCS}/AmazonRDS/latest/APIReference/API_CreateDBInstance.html>)",
    "database.restore_from": "RDS publishes no form of a snapshot's identifier; the pattern has "
    "those of manual, automated and AWS Backup's snapshots, ARNs, and resource ids of instances "
    f"(<{DOCS}/AmazonRDS/latest/APIReference/API_RestoreDBInstanceFromDBSnapshot.html>)",
    "database.username": "the API allows 16 characters, CloudFormation's documentation 63; a "
    "manifest accepts what both do "
    f"(<{DOCS}/AmazonRDS/latest/APIReference/API_CreateDBInstance.html>)",
}
