"""The limits of the actions that create the resources of the stack.

Which actions accept which resources comes from
https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html
"""

from __future__ import annotations

from collections.abc import Mapping

# The resources that changes of a service are limited to. CloudFormation derives names from the
# stack's name, except those of KMS keys, secrets, caches, and resources of EC2. Actions of other
# services belong to features that the stack doesn't use.
RESOURCES: Mapping[str, tuple[str, ...]] = {
    "backup": ("arn:aws:backup:*:*:backup-plan:*", "arn:aws:backup:*:*:backup-vault:catalog-*"),
    "backup-storage": ("*",),
    "cloudtrail": ("arn:aws:cloudtrail:*:*:trail/catalog-*",),
    "cloudwatch": (
        "arn:aws:cloudwatch:*:*:alarm:catalog-*",
        "arn:aws:cloudwatch::*:dashboard/catalog-*",
    ),
    "ec2": ("*",),
    "elasticache": ("*",),
    "iam": ("arn:aws:iam::*:role/catalog-*",),
    "kinesis": ("arn:aws:kinesis:*:*:stream/catalog-*", "arn:aws:kms:*:*:key/*"),
    "kms": ("arn:aws:kms:*:*:alias/catalog-*", "arn:aws:kms:*:*:key/*"),
    "lambda": (
        "arn:aws:lambda:*:*:event-source-mapping:*",
        "arn:aws:lambda:*:*:function:catalog-*",
    ),
    "logs": (
        "arn:aws:logs:*:*:log-group:/aws/rds/instance/catalog-*",
        "arn:aws:logs:*:*:log-group:/aws/rds/proxy/catalog-*",
        "arn:aws:logs:*:*:log-group:catalog-*",
    ),
    "rds": (
        "arn:aws:rds:*:*:auto-backup:*",
        "arn:aws:rds:*:*:cluster:*",
        "arn:aws:rds:*:*:db-proxy:*",
        "arn:aws:rds:*:*:db:catalog-*",
        "arn:aws:rds:*:*:og:default:*",
        "arn:aws:rds:*:*:pg:catalog-*",
        "arn:aws:rds:*:*:snapshot-tenant-database:*",
        "arn:aws:rds:*:*:snapshot:*",
        "arn:aws:rds:*:*:subgrp:catalog-*",
        "arn:aws:rds:*:*:target-group:*",
    ),
    "s3": ("arn:aws:s3:::catalog-*",),
    "secretsmanager": ("arn:aws:secretsmanager:*:*:secret:*",),
    "sns": ("arn:aws:sns:*:*:catalog-*",),
    "sqs": ("arn:aws:sqs:*:*:catalog-*",),
    "ssm": ("arn:aws:ssm:*:*:parameter/catalog/*",),
}

# Changes that accept no resource.
WITHOUT_RESOURCES = frozenset(
    {
        "backup-storage:MountCapsule",
        "kinesis:DisableEnhancedMonitoring",
        "kinesis:EnableEnhancedMonitoring",
        "kinesis:UpdateShardCount",
        "kinesis:UpdateStreamMode",
        "kms:CreateKey",
        "lambda:CreateEventSourceMapping",
        "logs:CreateLogDelivery",
        "logs:DeleteIndexPolicy",
        "logs:DeleteLogDelivery",
        "logs:PutIndexPolicy",
        "logs:UpdateLogDelivery",
        "rds:CreateDBProxy",
        "secretsmanager:GetRandomPassword",
        "sns:SetSubscriptionAttributes",
        "sns:Unsubscribe",
    }
)

# Reads of data, which are limited like changes.
SENSITIVE_READS = frozenset(
    {
        "s3:GetObject",
        "s3:GetObjectVersion",
        "secretsmanager:GetRandomPassword",
        "secretsmanager:GetSecretValue",
        "ssm:GetParameters",
    }
)

# Changes of a role that the boundary has to hold for.
ROLE_CHANGES = frozenset(
    {
        "iam:AttachRolePolicy",
        "iam:CreateRole",
        "iam:DeleteRolePolicy",
        "iam:DetachRolePolicy",
        "iam:PutRolePermissionsBoundary",
        "iam:PutRolePolicy",
    }
)

# What the schemas list for features that the stack doesn't use, and what it must not do: delete
# objects, remove boundaries, or change users and groups.
EXCLUDED = frozenset(
    {
        "backup-storage:Mount",
        "iam:DeleteGroupPolicy",
        "iam:DeleteRolePermissionsBoundary",
        "iam:DeleteUserPolicy",
        "iam:PutGroupPolicy",
        "iam:PutUserPolicy",
        "lambda:DeleteFunctionCodeSigningConfig",
        "lambda:PassCapacityProvider",
        "lambda:PutFunctionCodeSigningConfig",
        "logs:CreateLogStream",
        "logs:DeleteResourcePolicy",
        "logs:PutLogEvents",
        "logs:PutResourcePolicy",
        "s3:DeleteObject",
        # Granted for the CDK's assets only.
        "s3:GetObject",
        "s3:GetObjectVersion",
        "s3:PutObjectAcl",
        "s3:REST.PUT.OBJECT",
        # Granted for the bootstrap's version only.
        "ssm:GetParameters",
    }
)

# The services that roles of the stack are for: the principals of their trust policies.
PASSED_TO = (
    "backup.amazonaws.com",
    "cloudtrail.amazonaws.com",
    "lambda.amazonaws.com",
    "monitoring.rds.amazonaws.com",
    "rds.amazonaws.com",
    "vpc-flow-logs.amazonaws.com",
)
# https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_aws-services-that-work-with-iam.html
SERVICE_ROLES = (
    "backup.amazonaws.com",
    "elasticache.amazonaws.com",
    "rds.amazonaws.com",
)
# AWS's policies that roles of the stack have.
MANAGED_POLICIES = (
    "AWSBackupServiceRolePolicyForS3Backup",
    "service-role/AWSBackupServiceRolePolicyForBackup",
    "service-role/AmazonRDSEnhancedMonitoringRole",
)
