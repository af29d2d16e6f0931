"""A stack, and an update of it for each rule of `catalog_platform.aws.refused_updates`."""

from __future__ import annotations

from typing import Any

from support.database_stacks import (
    cache,
    instance,
    network,
    parameter_group,
    replica,
    subnet_group,
)
from support.embedded import REGION, ROLE

Resources = dict[str, Any]
ONLINE = {"UpdatePolicy": {"UseOnlineResharding": True}}
LOCKED = {"ObjectLockEnabled": True, "VersioningConfiguration": {"Status": "Enabled"}}
WITH_REPLICA = {"AutomaticFailoverEnabled": True, "ReplicasPerNodeGroup": 1, "NumNodeGroups": 1}
KEY: dict[str, Any] = {"KeyPolicy": {"Version": "2012-10-17", "Statement": []}}


def primary(**properties: Any) -> dict[str, Any]:
    given = {"AllocatedStorage": "100", "BackupRetentionPeriod": 7, "DeletionProtection": True}
    return instance(**{**given, **properties})


def alone(**properties: Any) -> dict[str, Any]:
    """Return a cache without a replica."""
    return cache(**{"ReplicationGroupId": "alone", "ReplicasPerNodeGroup": 0, **properties})


def with_replica(**properties: Any) -> dict[str, Any]:
    return {**cache(**{**WITH_REPLICA, **properties}), **ONLINE}


def resource(kind: str, **properties: Any) -> dict[str, Any]:
    return {"Type": f"AWS::{kind}", "Properties": properties}


def cache_parameters(is_cluster: str) -> dict[str, Any]:
    return resource(
        "ElastiCache::ParameterGroup",
        CacheParameterGroupFamily="valkey8",
        Description="settings",
        Properties={"cluster-enabled": is_cluster},
    )


def stream(**properties: Any) -> dict[str, Any]:
    return resource("Kinesis::Stream", **{"Name": "planned", "ShardCount": 4, **properties})


def mapping(position: str) -> dict[str, Any]:
    return resource(
        "Lambda::EventSourceMapping",
        EventSourceArn={"Fn::GetAtt": ["Stream", "Arn"]},
        FunctionName={"Ref": "Function"},
        StartingPosition=position,
        Enabled=False,
    )


def bucket(**properties: Any) -> dict[str, Any]:
    return resource("S3::Bucket", BucketName="planned", **properties)


def subnet(block: str, zone: str) -> dict[str, Any]:
    return resource(
        "EC2::Subnet", VpcId={"Ref": "Vpc"}, CidrBlock=block, AvailabilityZone=f"{REGION}{zone}"
    )


BASE: Resources = {
    **network(),
    "SubnetD": subnet("10.0.3.0/24", "b"),
    "Group": subnet_group("A", "B"),
    "Settings": parameter_group("settings", "postgres17"),
    "Primary": primary(),
    "Replica": replica(EngineVersion="17.9"),
    "Cache": with_replica(),
    "Alone": alone(),
    "CacheParameters": cache_parameters("no"),
    "Stream": stream(),
    "Function": resource(
        "Lambda::Function",
        FunctionName="planned",
        Runtime="python3.13",
        Role=ROLE,
        Handler="index.handle",
        Code={"ZipFile": "def handle(event, context): pass"},
    ),
    "Mapping": mapping("LATEST"),
    "Key": resource("KMS::Key", **KEY),
    "Bucket": bucket(**LOCKED),
}


def changed(**resources: Any) -> Resources:
    """Return the stack with other resources; None removes one."""
    merged = {**BASE, **resources}
    return {name: found for name, found in merged.items() if found is not None}


# Updates that fail, by what they do.
REFUSED: dict[str, Resources] = {
    "replaces a named resource": changed(Primary=primary(DBName="other")),
    "takes the name of another resource": changed(Stream2=stream()),
    "reduces the storage": changed(Primary=primary(AllocatedStorage="50")),
    "adds too little storage": changed(Primary=primary(AllocatedStorage="105")),
    "downgrades the database": changed(Primary=primary(EngineVersion="17.8")),
    "upgrades the database by surprise": changed(Primary=primary(EngineVersion="18.3")),
    "moves to another VPC": changed(Vpc=resource("EC2::VPC", CidrBlock="10.1.0.0/16")),
    "removes subnets in use": changed(Group=subnet_group("C", "D")),
    "upgrades the source first": changed(Primary=primary(EngineVersion="17.10")),
    "downgrades a replica": changed(Replica=replica(EngineVersion="17.8")),
    "upgrades a replica alone": changed(
        Replica=replica(EngineVersion="18.3", AllowMajorVersionUpgrade=True)
    ),
    "disables the backups": changed(Primary=primary(BackupRetentionPeriod=0)),
    "skips a cluster mode": changed(Cache=with_replica(ClusterMode="enabled")),
    "starts the cluster mode alone": changed(Alone=alone(ClusterMode="compatible")),
    "changes more than the cluster mode": changed(
        Cache=with_replica(ClusterMode="compatible", CacheNodeType="cache.t4g.medium")
    ),
    "changes the cluster parameter": changed(CacheParameters=cache_parameters("yes")),
    "reshards without cluster mode": changed(Cache=with_replica(NumNodeGroups=2)),
    "adds failover with the first replica": changed(
        Alone=alone(AutomaticFailoverEnabled=True, ReplicasPerNodeGroup=1)
    ),
    "removes failover with the last replica": changed(
        Cache=with_replica(AutomaticFailoverEnabled=False, ReplicasPerNodeGroup=0)
    ),
    "downgrades the cache": changed(Cache=with_replica(EngineVersion="8.0")),
    "leaves Valkey": changed(Cache=with_replica(Engine="redis", EngineVersion="7.1")),
    "enables TLS at once": changed(Cache=with_replica(TransitEncryptionEnabled=True)),
    "more than doubles the shards": changed(Stream=stream(ShardCount=9)),
    "moves the starting position": changed(Mapping=mapping("TRIM_HORIZON")),
    "changes the spec of a key": changed(Key=resource("KMS::Key", **KEY, KeySpec="RSA_2048")),
    "changes the usage of a key": changed(Key=resource("KMS::Key", **KEY, KeyUsage="SIGN_VERIFY")),
    "changes the regions of a key": changed(Key=resource("KMS::Key", **KEY, MultiRegion=True)),
    "changes the origin of a key": changed(Key=resource("KMS::Key", **KEY, Origin="EXTERNAL")),
    "disables Object Lock": changed(Bucket=bucket(VersioningConfiguration={"Status": "Enabled"})),
    "suspends a locked bucket's versioning": changed(
        Bucket=bucket(ObjectLockEnabled=True, VersioningConfiguration={"Status": "Suspended"})
    ),
    "drops a locked bucket's versioning": changed(Bucket=bucket(ObjectLockEnabled=True)),
    "overlaps a subnet": changed(SubnetA=subnet("10.0.0.0/23", "a")),
}
# CloudFormation reports success, and leaves the instance behind.
UNPROTECTED = changed(Primary=None, Replica=None)
