"""Requests about resources that AWS refuses, with the page that says so."""

from __future__ import annotations

from typing import Any

from support.embedded import REGION

RDS = "https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_"
CACHE = "https://docs.aws.amazon.com/AmazonElastiCache/latest/APIReference/API_"
SECRETS = "https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_"
COMBINATION, VALUE = "InvalidParameterCombination", "InvalidParameterValue"


def with_pages(
    reference: str, *cases: tuple[str, dict[str, Any], str]
) -> list[tuple[str, dict[str, Any], str, str]]:
    """Return the operation, the parameters, the error code and the operation's page."""
    return [(*case, f"{reference}{case[0]}.html") for case in cases]


def modify(**given: Any) -> dict[str, Any]:
    return {"DBInstanceIdentifier": "primary", "ApplyImmediately": True, **given}


def new(**given: Any) -> dict[str, Any]:
    return {
        "DBInstanceIdentifier": "new",
        "Engine": "postgres",
        "DBInstanceClass": "db.t4g.small",
        "AllocatedStorage": 20,
        "MasterUsername": "owner",
        "MasterUserPassword": "correct horse",
        **given,
    }


def restored(**given: Any) -> dict[str, Any]:
    return {
        "SourceDBInstanceIdentifier": "primary",
        "TargetDBInstanceIdentifier": "new",
        "UseLatestRestorableTime": True,
        **given,
    }


# The stack has the instance "primary" of version 17.9 with 20 GiB, which is protected, and its
# replica of the same version; a snapshot "snapshot" exists.
RDS_CASES = with_pages(
    RDS,
    ("CreateDBInstance", new(DBInstanceIdentifier="primary"), "DBInstanceAlreadyExists"),
    ("CreateDBInstance", new(EngineVersion="99.9"), COMBINATION),
    ("CreateDBInstance", new(DBInstanceClass="db.none.small"), VALUE),
    ("CreateDBInstance", new(MaxAllocatedStorage=19), COMBINATION),
    ("CreateDBInstance", new(MaxAllocatedStorage=21), COMBINATION),
    ("CreateDBInstance", new(DBSubnetGroupName="none"), "DBSubnetGroupNotFoundFault"),
    (
        "CreateDBInstance",
        new(EngineVersion="18.3", DBParameterGroupName="settings"),
        COMBINATION,
    ),
    (
        "CreateDBInstanceReadReplica",
        {"DBInstanceIdentifier": "new", "SourceDBInstanceIdentifier": "none"},
        "DBInstanceNotFound",
    ),
    ("ModifyDBInstance", modify(DBInstanceIdentifier="none"), "DBInstanceNotFound"),
    ("ModifyDBInstance", modify(EngineVersion="17.8"), COMBINATION),
    ("ModifyDBInstance", modify(EngineVersion="17.10"), "DBUpgradeDependencyFailure"),
    ("ModifyDBInstance", modify(EngineVersion="18.3"), COMBINATION),
    (
        "ModifyDBInstance",
        modify(EngineVersion="18.3", AllowMajorVersionUpgrade=True),
        COMBINATION,
    ),
    ("ModifyDBInstance", modify(AllocatedStorage=19), COMBINATION),
    ("ModifyDBInstance", modify(DBParameterGroupName="other"), "DBParameterGroupNotFound"),
    ("ModifyDBInstance", modify(BackupRetentionPeriod=0), COMBINATION),
    ("ModifyDBInstance", modify(NewDBInstanceIdentifier="replica"), "DBInstanceAlreadyExists"),
    ("DeleteDBInstance", {"DBInstanceIdentifier": "primary"}, COMBINATION),
    (
        "DeleteDBInstance",
        {"DBInstanceIdentifier": "primary", "SkipFinalSnapshot": True},
        COMBINATION,
    ),
    (
        "DeleteDBInstance",
        {"DBInstanceIdentifier": "replica", "FinalDBSnapshotIdentifier": "last"},
        COMBINATION,
    ),
    ("CreateDBSnapshot", modify(DBSnapshotIdentifier="snapshot"), "DBSnapshotAlreadyExists"),
    (
        "RestoreDBInstanceFromDBSnapshot",
        {"DBInstanceIdentifier": "new", "DBSnapshotIdentifier": "none"},
        "DBSnapshotNotFound",
    ),
    (
        "RestoreDBInstanceFromDBSnapshot",
        {"DBInstanceIdentifier": "replica", "DBSnapshotIdentifier": "snapshot"},
        "DBInstanceAlreadyExists",
    ),
    ("RestoreDBInstanceToPointInTime", restored(UseLatestRestorableTime=False), COMBINATION),
    (
        "RestoreDBInstanceToPointInTime",
        restored(RestoreTime="2026-01-02T03:04:05Z"),
        COMBINATION,
    ),
    (
        "RestoreDBInstanceToPointInTime",
        restored(SourceDBInstanceIdentifier="none"),
        "DBInstanceNotFound",
    ),
    (
        "DeleteDBSubnetGroup",
        {"DBSubnetGroupName": "group"},
        "InvalidDBSubnetGroupStateFault",
    ),
    (
        "DeleteDBParameterGroup",
        {"DBParameterGroupName": "settings"},
        "InvalidDBParameterGroupState",
    ),
    (
        "CreateDBParameterGroup",
        {
            "DBParameterGroupName": "new",
            "DBParameterGroupFamily": "postgres99",
            "Description": "settings",
        },
        VALUE,
    ),
)


def group(**given: Any) -> dict[str, Any]:
    return {"ReplicationGroupId": "cache", "ApplyImmediately": True, **given}


def new_group(**given: Any) -> dict[str, Any]:
    return {
        "ReplicationGroupId": "new",
        "ReplicationGroupDescription": "articles",
        "Engine": "valkey",
        **given,
    }


# The stack has the group "cache" of Valkey 8.1 without cluster mode and TLS.
CACHE_CASES = with_pages(
    CACHE,
    (
        "CreateReplicationGroup",
        new_group(ReplicationGroupId="cache"),
        "ReplicationGroupAlreadyExists",
    ),
    ("CreateReplicationGroup", new_group(EngineVersion="99.9"), COMBINATION),
    ("CreateReplicationGroup", new_group(CacheNodeType="cache.none.small"), VALUE),
    ("CreateReplicationGroup", new_group(SnapshotName="none"), "SnapshotNotFoundFault"),
    (
        "CreateReplicationGroup",
        new_group(CacheSubnetGroupName="none"),
        "CacheSubnetGroupNotFoundFault",
    ),
    (
        "CreateReplicationGroup",
        new_group(NumNodeGroups=2, ClusterMode="disabled"),
        COMBINATION,
    ),
    ("ModifyReplicationGroup", group(EngineVersion="8.0"), COMBINATION),
    ("ModifyReplicationGroup", group(Engine="redis", EngineVersion="7.1"), COMBINATION),
    ("ModifyReplicationGroup", group(ClusterMode="enabled"), COMBINATION),
    ("ModifyReplicationGroup", group(TransitEncryptionEnabled=True), COMBINATION),
    ("ModifyReplicationGroup", group(TransitEncryptionMode="preferred"), COMBINATION),
    (
        "ModifyReplicationGroup",
        group(ReplicationGroupId="none"),
        "ReplicationGroupNotFoundFault",
    ),
    (
        "ModifyReplicationGroupShardConfiguration",
        group(NodeGroupCount=2),
        COMBINATION,
    ),
    (
        "CreateSnapshot",
        {"ReplicationGroupId": "none", "SnapshotName": "new"},
        "ReplicationGroupNotFoundFault",
    ),
    ("CreateSnapshot", {"SnapshotName": "new"}, COMBINATION),
)
# A secret "secret" without rotation exists.
SECRET_CASES = with_pages(
    SECRETS,
    ("RotateSecret", {"SecretId": "secret"}, "InvalidRequestException"),
    (
        "RotateSecret",
        {
            "SecretId": "secret",
            "RotationLambdaARN": f"arn:aws:lambda:{REGION}:000000000001:function:none",
        },
        "AccessDeniedException",
    ),
    ("PutSecretValue", {"SecretId": "secret"}, "InvalidParameterException"),
    (
        "PutSecretValue",
        {"SecretId": "secret", "SecretString": "a", "SecretBinary": "YQ=="},
        "InvalidParameterException",
    ),
    (
        "UpdateSecretVersionStage",
        {"SecretId": "secret", "VersionStage": "AWSCURRENT", "RemoveFromVersionId": "v" * 32},
        "InvalidParameterException",
    ),
)
