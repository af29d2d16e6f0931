"""The permissions boundary: the most that a role of the stack can be allowed.

https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_boundaries.html
"""

from __future__ import annotations

from typing import Any

# What functions and AWS services do with the stack's own roles.
_ROLES = (
    "ec2:AssignPrivateIpAddresses",
    "ec2:CreateNetworkInterface",
    "ec2:DeleteNetworkInterface",
    "ec2:DescribeNetworkInterfaces",
    "ec2:DescribeSubnets",
    "ec2:UnassignPrivateIpAddresses",
    "kinesis:Describe*",
    "kinesis:Get*",
    "kinesis:List*",
    "kinesis:PutRecords",
    "kinesis:SubscribeToShard",
    "kms:Decrypt",
    "kms:DescribeKey",
    "kms:GenerateDataKey",
    "logs:CreateLogStream",
    "logs:DescribeLogStreams",
    "logs:PutLogEvents",
    "rds-db:connect",
    "s3:GetObject",
    "s3:ListBucket",
    "s3:PutObject",
    "secretsmanager:DescribeSecret",
    "secretsmanager:GetRandomPassword",
    "secretsmanager:GetSecretValue",
    "secretsmanager:ListSecretVersionIds",
    "secretsmanager:PutSecretValue",
    "secretsmanager:UpdateSecretVersionStage",
    "sqs:SendMessage",
    "xray:PutTelemetryRecords",
    "xray:PutTraceSegments",
)
# What AWS's managed policies for RDS monitoring and AWS Backup allow, for RDS and S3.
# https://docs.aws.amazon.com/aws-backup/latest/devguide/security-iam-awsmanpol.html
# https://docs.aws.amazon.com/aws-managed-policy/latest/reference/AmazonRDSEnhancedMonitoringRole.html
_MANAGED_POLICIES = (
    "backup:Copy*",
    "backup:Describe*",
    "backup:TagResource",
    "cloudwatch:GetMetricData",
    "events:*Rule",
    "events:*Targets",
    "events:*TargetsByRule",
    "logs:CreateLogGroup",
    "logs:GetLogEvents",
    "logs:PutRetentionPolicy",
    "rds:*Snapshot",
    "rds:*SnapshotAttribute",
    "rds:AddTagsToResource",
    "rds:DeleteDBInstanceAutomatedBackup",
    "rds:Describe*",
    "rds:ListTagsForResource",
    "rds:ModifyDBInstance",
    "s3:Get*",
    "s3:List*",
    "s3:PutBucketNotification",
    "s3:PutInventoryConfiguration",
    "tag:GetResources",
)

STATEMENTS: tuple[dict[str, Any], ...] = (
    {"Sid": "Roles", "Effect": "Allow", "Action": list(_ROLES), "Resource": "*"},
    {
        "Sid": "ManagedPolicies",
        "Effect": "Allow",
        "Action": list(_MANAGED_POLICIES),
        "Resource": "*",
    },
    {
        "Sid": "GrantsToAwsServices",
        "Effect": "Allow",
        "Action": "kms:CreateGrant",
        "Resource": "*",
        "Condition": {"Bool": {"kms:GrantIsForAWSResource": "true"}},
    },
)
