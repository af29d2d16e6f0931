"""Changes of one resource in place with their verdicts, for the rows of the table of verdicts."""

from __future__ import annotations

from support.template_properties import (
    Properties,
    encryption,
    events,
    ingress,
    lifecycle,
    lock,
    logs,
    old_family,
    parameters,
    plan,
    plan_rule,
    policy,
    vault_lock,
)

DATABASE = "AWS::RDS::DBInstance"
PROXY = "AWS::RDS::DBProxy"
CACHE = "AWS::ElastiCache::ReplicationGroup"
STREAM = "AWS::Kinesis::Stream"
BUCKET = "AWS::S3::Bucket"
QUEUE = "AWS::SQS::Queue"
KEY = "AWS::KMS::Key"
TRAIL = "AWS::CloudTrail::Trail"
MAPPING = "AWS::Lambda::EventSourceMapping"
PARAMETERS = "AWS::RDS::DBParameterGroup"
SECRET = "AWS::SecretsManager::Secret"
ROLE = "AWS::IAM::Role"
FUNCTION = "AWS::Lambda::Function"
LOG_GROUP = "AWS::Logs::LogGroup"
PLAN = "AWS::Backup::BackupPlan"
VAULT = "AWS::Backup::BackupVault"

Case = tuple[str, Properties, Properties, str]
ALLOW = {"Effect": "Allow", "Action": "s3:GetObject", "Principal": "*"}
LIMITED = {**ALLOW, "Condition": {"StringEquals": {"aws:PrincipalAccount": "111111111111"}}}
DENY = {"Effect": "Deny", "Action": "s3:*", "Principal": "*"}
OPEN_BLOCK = {"PublicAccessBlockConfiguration": {"BlockPublicAcls": False}}
CLOSED_BLOCK = {"PublicAccessBlockConfiguration": {"BlockPublicAcls": True}}
TLS, NO_TLS = {"rds.force_ssl": "1"}, {"rds.force_ssl": "0"}
AUDIT = {"shared_preload_libraries": "pg_stat_statements,pgaudit", "pgaudit.log": "ddl,role"}
NO_LIBRARY = {"shared_preload_libraries": "pg_stat_statements"}
DDL_ONLY = {"pgaudit.log": "ddl"}
DATA = {"DataResources": [{"Type": "AWS::S3::Object", "Values": ["arn"]}]}
OPEN_IPV4, OPEN_IPV6 = {"CidrIp": "0.0.0.0/0"}, {"CidrIpv6": "::/0"}

BITES: list[Case] = [
    (DATABASE, {"DBInstanceClass": "a"}, {"DBInstanceClass": "b"}, "interrupts"),
    (DATABASE, {"EngineVersion": "17.9"}, {"EngineVersion": "17.10"}, "interrupts"),
    (
        DATABASE,
        {"EngineVersion": "17.9"},
        {"EngineVersion": "18.1", "AllowMajorVersionUpgrade": True},
        "irreversible",
    ),
    (DATABASE, {"BackupRetentionPeriod": 35}, {"BackupRetentionPeriod": 34}, "lost"),
    (DATABASE, {"BackupRetentionPeriod": 35}, {"BackupRetentionPeriod": 0}, "lost"),
    (DATABASE, {"BackupRetentionPeriod": 35}, {}, "lost"),
    (DATABASE, {"BackupRetentionPeriod": 0}, {"BackupRetentionPeriod": 7}, "interrupts"),
    (DATABASE, {"MultiAZ": True}, {"MultiAZ": False}, "unprotected"),
    (DATABASE, {"DeletionProtection": True}, {}, "unprotected"),
    (DATABASE, {"PubliclyAccessible": False}, {"PubliclyAccessible": True}, "unprotected"),
    (DATABASE, {"DeleteAutomatedBackups": False}, {}, "unprotected"),
    (DATABASE, {"AutomaticBackupReplicationRegion": "eu-west-2"}, {}, "unprotected"),
    (DATABASE, logs("postgresql", "upgrade"), logs("postgresql"), "unprotected"),
    (DATABASE, {"EnableIAMDatabaseAuthentication": True}, {}, "interrupts"),
    (DATABASE, {"DBParameterGroupName": "a"}, {"DBParameterGroupName": "b"}, "interrupts"),
    (DATABASE, {"Port": "5432"}, {"Port": "5433"}, "interrupts"),
    (DATABASE, {"CACertificateIdentifier": "a"}, {"CACertificateIdentifier": "b"}, "interrupts"),
    (DATABASE, {"MasterUserPassword": "a"}, {"MasterUserPassword": "b"}, "at_risk"),
    (DATABASE, {"SourceDBInstanceIdentifier": "a"}, {}, "irreversible"),
    (DATABASE, {"DBSnapshotIdentifier": "a"}, {}, "at_risk"),
    (PROXY, {"Auth": [1]}, {"Auth": [2]}, "interrupts"),
    (PROXY, {"DefaultAuthScheme": "IAM_AUTH"}, {"DefaultAuthScheme": "NONE"}, "interrupts"),
    (PARAMETERS, {"Parameters": {"a": "1"}}, {"Parameters": {}}, "interrupts"),
    (PARAMETERS, parameters(**TLS), parameters(**NO_TLS), "unprotected"),
    (PARAMETERS, parameters(), parameters(**NO_TLS), "unprotected"),
    (PARAMETERS, old_family(**TLS), old_family(), "unprotected"),
    (PARAMETERS, parameters(**AUDIT), parameters(), "unprotected"),
    (PARAMETERS, parameters(**AUDIT), parameters(**{**AUDIT, **NO_LIBRARY}), "unprotected"),
    (PARAMETERS, parameters(**AUDIT), parameters(**{**AUDIT, **DDL_ONLY}), "unprotected"),
    (PROXY, {"RequireTLS": True}, {"RequireTLS": False}, "unprotected"),
    (PROXY, {"DebugLogging": False}, {"DebugLogging": True}, "unprotected"),
    (
        "AWS::RDS::DBProxyTargetGroup",
        {"DBInstanceIdentifiers": ["a"]},
        {"DBInstanceIdentifiers": ["b"]},
        "interrupts",
    ),
    (CACHE, {"CacheNodeType": "a"}, {"CacheNodeType": "b"}, "interrupts"),
    (CACHE, {"EngineVersion": "8.1"}, {"EngineVersion": "8.2"}, "interrupts"),
    (CACHE, {"Engine": "redis"}, {"Engine": "valkey"}, "irreversible"),
    (CACHE, {"ReplicasPerNodeGroup": 1}, {"ReplicasPerNodeGroup": 0}, "unprotected"),
    (CACHE, {"ReplicasPerNodeGroup": 1}, {"ReplicasPerNodeGroup": 2}, "at_risk"),
    (CACHE, {"AutomaticFailoverEnabled": True}, {}, "unprotected"),
    (CACHE, {"MultiAZEnabled": True}, {"MultiAZEnabled": False}, "unprotected"),
    (CACHE, {"SnapshotRetentionLimit": 7}, {"SnapshotRetentionLimit": 1}, "lost"),
    (CACHE, {"SnapshotRetentionLimit": 7}, {"SnapshotRetentionLimit": 0}, "lost"),
    (CACHE, {"ClusterMode": "disabled"}, {"ClusterMode": "compatible"}, "interrupts"),
    (CACHE, {"ClusterMode": "compatible"}, {"ClusterMode": "enabled"}, "irreversible"),
    (
        CACHE,
        {"TransitEncryptionMode": "required"},
        {"TransitEncryptionMode": "preferred"},
        "unprotected",
    ),
    (
        CACHE,
        {"TransitEncryptionEnabled": True},
        {"TransitEncryptionEnabled": False},
        "unprotected",
    ),
    (
        CACHE,
        {"TransitEncryptionEnabled": True},
        {"TransitEncryptionEnabled": True, "TransitEncryptionMode": "preferred"},
        "unprotected",
    ),
    (
        CACHE,
        {"TransitEncryptionMode": "preferred"},
        {"TransitEncryptionMode": "required"},
        "interrupts",
    ),
    (CACHE, {"UserGroupIds": ["g"]}, {}, "unprotected"),
    (CACHE, {"AuthToken": "${One}"}, {"AuthToken": "${Other}"}, "at_risk"),
    (STREAM, {"RetentionPeriodHours": 168}, {"RetentionPeriodHours": 24}, "lost"),
    (STREAM, {"RetentionPeriodHours": 168}, {}, "lost"),
    (STREAM, {"StreamEncryption": {"KeyId": "k"}}, {}, "unprotected"),
    (BUCKET, lifecycle(ExpirationInDays=90), lifecycle(ExpirationInDays=89), "lost"),
    (BUCKET, {}, lifecycle(ExpirationInDays=90), "lost"),
    (
        BUCKET,
        lifecycle(NoncurrentVersionExpiration={"NoncurrentDays": 90}),
        lifecycle(NoncurrentVersionExpiration={"NoncurrentDays": 30}),
        "lost",
    ),
    (
        BUCKET,
        {"VersioningConfiguration": {"Status": "Enabled"}},
        {"VersioningConfiguration": {"Status": "Suspended"}},
        "unprotected",
    ),
    (BUCKET, lock("GOVERNANCE", 9), lock("COMPLIANCE", 9), "irreversible"),
    (BUCKET, lock("COMPLIANCE", 9), lock("GOVERNANCE", 9), "unprotected"),
    (BUCKET, lock("GOVERNANCE", 9), lock("GOVERNANCE", 8), "unprotected"),
    (BUCKET, lock("GOVERNANCE", 9), {}, "unprotected"),
    (BUCKET, {}, {"ObjectLockEnabled": True}, "at_risk"),
    (BUCKET, CLOSED_BLOCK, OPEN_BLOCK, "unprotected"),
    (BUCKET, CLOSED_BLOCK, {}, "unprotected"),
    (BUCKET, {}, OPEN_BLOCK, "unprotected"),
    (BUCKET, encryption("aws:kms"), {}, "unprotected"),
    (BUCKET, encryption("aws:kms:dsse"), encryption("AES256"), "unprotected"),
    (BUCKET, {"AccessControl": "Private"}, {"AccessControl": "PublicRead"}, "unprotected"),
    (BUCKET, {"ReplicationConfiguration": {"Role": "r"}}, {}, "unprotected"),
    (BUCKET, {"LoggingConfiguration": {"A": 1}}, {}, "unprotected"),
    (QUEUE, {"MessageRetentionPeriod": 10}, {"MessageRetentionPeriod": 9}, "lost"),
    (QUEUE, {"MessageRetentionPeriod": 1_209_600}, {}, "lost"),
    (QUEUE, {}, {"MessageRetentionPeriod": 60}, "lost"),
    (QUEUE, {"SqsManagedSseEnabled": True}, {"SqsManagedSseEnabled": False}, "unprotected"),
    (QUEUE, {"RedrivePolicy": {"maxReceiveCount": 3}}, {}, "unprotected"),
    (QUEUE, {"KmsMasterKeyId": "k"}, {}, "unprotected"),
    (KEY, {"EnableKeyRotation": True}, {"EnableKeyRotation": False}, "unprotected"),
    (KEY, {}, {"Enabled": False}, "at_risk"),
    (SECRET, {"KmsKeyId": "k"}, {}, "unprotected"),
    (KEY, {}, {"PendingWindowInDays": 7}, "unprotected"),
    (
        SECRET,
        {"GenerateSecretString": {"A": 1}},
        {"GenerateSecretString": {"A": 2}},
        "at_risk",
    ),
    (LOG_GROUP, {"RetentionInDays": 365}, {"RetentionInDays": 30}, "lost"),
    (LOG_GROUP, {}, {"RetentionInDays": 3653}, "lost"),
    (LOG_GROUP, {"KmsKeyId": "k"}, {}, "unprotected"),
    (LOG_GROUP, {"DataProtectionPolicy": {"A": 1}}, {}, "unprotected"),
    (LOG_GROUP, {"DeletionProtectionEnabled": True}, {}, "unprotected"),
    (PLAN, plan(daily=35), plan(daily=34), "unprotected"),
    (PLAN, plan(daily=None), plan(daily=99), "unprotected"),
    (PLAN, plan(daily=35, weekly=99), plan(daily=35), "unprotected"),
    (PLAN, plan_rule(EnableContinuousBackup=True), plan_rule(), "unprotected"),
    (PLAN, plan_rule(CopyActions=[{"DestinationBackupVaultArn": "v"}]), plan_rule(), "unprotected"),
    (VAULT, vault_lock(MinRetentionDays=30), {}, "unprotected"),
    (VAULT, vault_lock(MinRetentionDays=30), vault_lock(MinRetentionDays=7), "unprotected"),
    (VAULT, {}, vault_lock(MinRetentionDays=30, ChangeableForDays=3), "irreversible"),
    *(
        (TRAIL, {name: [1]}, {}, "unprotected")
        for name in (
            "IsLogging",
            "EnableLogFileValidation",
            "IsMultiRegionTrail",
            "IncludeGlobalServiceEvents",
            "KMSKeyId",
            "CloudWatchLogsLogGroupArn",
            "InsightSelectors",
            "AdvancedEventSelectors",
        )
    ),
    (TRAIL, events(DATA), {}, "unprotected"),
    (TRAIL, events(DATA), events({**DATA, "IncludeManagementEvents": False}), "unprotected"),
    (TRAIL, events(DATA), events({**DATA, "ReadWriteType": "WriteOnly"}), "unprotected"),
    (TRAIL, {}, events({"ReadWriteType": "ReadOnly"}), "unprotected"),
    ("AWS::SNS::Topic", {"KmsMasterKeyId": "k"}, {}, "unprotected"),
    ("AWS::SNS::Topic", {"DataProtectionPolicy": {"A": 1}}, {}, "unprotected"),
    ("AWS::SNS::Subscription", {"RedrivePolicy": {"A": 1}}, {}, "unprotected"),
    (ROLE, {"PermissionsBoundary": "arn"}, {}, "unprotected"),
    (ROLE, {"PermissionsBoundary": "arn"}, {"PermissionsBoundary": "other"}, "at_risk"),
    ("AWS::SecretsManager::RotationSchedule", {"RotationRules": {"A": 1}}, {}, "unprotected"),
    (FUNCTION, {"KmsKeyArn": "k"}, {}, "unprotected"),
    (FUNCTION, {"DeadLetterConfig": {"TargetArn": "q"}}, {}, "unprotected"),
    (FUNCTION, {"CodeSigningConfigArn": "c"}, {}, "unprotected"),
    (FUNCTION, {}, {"ReservedConcurrentExecutions": 0}, "interrupts"),
    (MAPPING, {"Enabled": True}, {"Enabled": False}, "interrupts"),
    (MAPPING, {"DestinationConfig": {"OnFailure": "arn"}}, {}, "unprotected"),
    ("AWS::Lambda::Url", {"AuthType": "AWS_IAM"}, {"AuthType": "NONE"}, "unprotected"),
    ("AWS::EC2::FlowLog", {"TrafficType": "ALL"}, {"TrafficType": "REJECT"}, "unprotected"),
    ("AWS::EC2::FlowLog", {"TrafficType": "ACCEPT"}, {"TrafficType": "REJECT"}, "unprotected"),
    ("AWS::EC2::SecurityGroup", {}, ingress(CidrIp="0.0.0.0/0"), "unprotected"),
    ("AWS::EC2::SecurityGroupIngress", {"CidrIp": "10.0.0.0/8"}, OPEN_IPV4, "unprotected"),
    ("AWS::EC2::SecurityGroupIngress", {"CidrIp": "10.0.0.0/8"}, OPEN_IPV6, "unprotected"),
    ("AWS::EC2::Subnet", {}, {"MapPublicIpOnLaunch": True}, "unprotected"),
    ("AWS::EC2::VPCEndpoint", {"PolicyDocument": {"Statement": []}}, {}, "unprotected"),
    ("AWS::EC2::VPC", {}, {"EnableDnsSupport": False}, "at_risk"),
    (
        "AWS::Lambda::Permission",
        {"Principal": "sns.amazonaws.com"},
        {"Principal": "*"},
        "unprotected",
    ),
    ("AWS::Lambda::Permission", {}, {"FunctionUrlAuthType": "NONE"}, "unprotected"),
    ("AWS::EC2::VPCEndpoint", {"PrivateDnsEnabled": True}, {}, "interrupts"),
    *(
        (kind, policy(*old, name=name), policy(*new, name=name), "unprotected")
        for kind, name in (
            ("AWS::IAM::Policy", "PolicyDocument"),
            ("AWS::IAM::ManagedPolicy", "PolicyDocument"),
            ("AWS::IAM::Role", "AssumeRolePolicyDocument"),
            ("AWS::S3::BucketPolicy", "PolicyDocument"),
            ("AWS::SQS::QueuePolicy", "PolicyDocument"),
            ("AWS::SNS::TopicPolicy", "PolicyDocument"),
            ("AWS::KMS::Key", "KeyPolicy"),
            ("AWS::EC2::VPCEndpoint", "PolicyDocument"),
            ("AWS::Backup::BackupVault", "AccessPolicy"),
        )
        for old, new in (([LIMITED, DENY], [LIMITED]), ([LIMITED], [LIMITED, ALLOW]))
    ),
]
