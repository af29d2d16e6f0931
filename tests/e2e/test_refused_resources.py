"""Databases, caches and secrets refuse what AWS refuses, by API and in templates."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from botocore.exceptions import ClientError

from catalog_platform.local.state import Embedded
from support.database_stacks import (
    cache,
    databases,
    instance,
    parameter_group,
    replica,
    subnet_group,
)
from support.embedded import ACCOUNT, REGION, ROLE, bundle, client, eventually, running
from support.refusals import refused
from support.refused_resources import CACHE_CASES, RDS_CASES, SECRET_CASES
from support.stacks import apply, reasons, remove, template

pytestmark = pytest.mark.e2e

PROTECTED = {"DeletionProtection": True}


@pytest.fixture(scope="module")
def embedded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Embedded]:
    with running(tmp_path_factory.mktemp("workspace")) as found:
        apply(found, "databases", databases(**PROTECTED))
        apply(found, "caches", {"Cache": cache()})
        client(found, "rds").create_db_snapshot(
            DBInstanceIdentifier="primary", DBSnapshotIdentifier="snapshot"
        )
        client(found, "secretsmanager").create_secret(Name="secret", SecretString="text")
        yield found


@pytest.mark.parametrize(
    ("service", "cases"),
    [("rds", RDS_CASES), ("elasticache", CACHE_CASES), ("secretsmanager", SECRET_CASES)],
    ids=("rds", "elasticache", "secretsmanager"),
)
def test_requests_are_refused_that_aws_refuses(
    embedded: Embedded, service: str, cases: Any
) -> None:
    """The operation's page of the API reference has its errors:
    https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_Operations.html
    https://docs.aws.amazon.com/AmazonElastiCache/latest/APIReference/API_Operations.html
    https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_Operations.html
    """
    assert refused(embedded, service, cases) == []


def update_fails(embedded: Embedded, name: str, resources: dict[str, Any]) -> str:
    """Return why an update failed; it must be rolled back."""
    stacks = client(embedded, "cloudformation")
    stacks.update_stack(StackName=name, TemplateBody=template(resources))

    def status() -> str:
        found = stacks.describe_stacks(StackName=name)["Stacks"][0]
        return str(found["StackStatus"])

    eventually(lambda: not status().endswith("IN_PROGRESS"), seconds=60)
    assert status() == "UPDATE_ROLLBACK_COMPLETE", reasons(embedded, name)
    found = []
    # The newest event is the first.
    for event in stacks.describe_stack_events(StackName=name)["StackEvents"]:
        if (event["LogicalResourceId"], event["ResourceStatus"]) == (name, "UPDATE_IN_PROGRESS"):
            break
        if event["ResourceStatus"].endswith("FAILED"):
            found.append(event["ResourceStatusReason"])
    return "\n".join(found)


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"Primary": instance(**PROTECTED, EngineVersion="17.8")}, "from 17.9 to 17.8"),
        ({"Primary": instance(**PROTECTED, EngineVersion="17.10")}, "read replicas need to be"),
        ({"Primary": instance(**PROTECTED, EngineVersion="18.3")}, "AllowMajorVersionUpgrade"),
        ({"Primary": instance(**PROTECTED, AllocatedStorage="10")}, "cannot be less than"),
        ({"Group": subnet_group("B", "C")}, "currently in use"),
        ({"Group": subnet_group("A")}, "cover at least 2 AZs"),
    ],
)
def test_a_template_that_aws_refuses_fails_with_the_message_of_aws(
    embedded: Embedded, changes: dict[str, Any], reason: str
) -> None:
    """https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_UpgradeDBInstance.PostgreSQL.html"""
    found = update_fails(embedded, "databases", {**databases(**PROTECTED), **changes})
    assert reason in found
    assert "Status Code: 400" in found


def test_a_database_is_upgraded_after_its_replica(embedded: Embedded) -> None:
    """https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_UpgradeDBInstance.PostgreSQL.MinorVersion.html"""
    resources = {
        **databases(**PROTECTED),
        "Replica": replica(EngineVersion="17.10"),
    }
    apply(embedded, "databases", resources)
    resources["Primary"] = instance(**PROTECTED, EngineVersion="17.10")
    apply(embedded, "databases", resources)
    upgraded = {
        **resources,
        "NewSettings": parameter_group("new-settings", "postgres18"),
        "Primary": instance(
            **PROTECTED,
            EngineVersion="18.3",
            AllowMajorVersionUpgrade=True,
            DBParameterGroupName={"Ref": "NewSettings"},
        ),
    }
    apply(embedded, "databases", upgraded)
    found = client(embedded, "rds").describe_db_instances()["DBInstances"]
    assert {each["EngineVersion"] for each in found} == {"18.3"}
    larger = {**PROTECTED, "EngineVersion": "18.3", "AllowMajorVersionUpgrade": True}
    settings = {"DBParameterGroupName": {"Ref": "NewSettings"}}
    upgraded["Primary"] = instance(**larger, **settings, AllocatedStorage="30")
    apply(embedded, "databases", upgraded)
    found = client(embedded, "rds").describe_db_instances(DBInstanceIdentifier="primary")
    assert found["DBInstances"][0]["DBInstanceStatus"] == "storage-optimization"
    upgraded["Primary"] = instance(**larger, **settings, AllocatedStorage="40")
    assert "being optimized" in update_fails(embedded, "databases", upgraded)


def test_a_protected_instance_is_not_deleted_with_its_stack(embedded: Embedded) -> None:
    """https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_DeleteInstance.html"""
    stacks = client(embedded, "cloudformation")
    properties = {"DBInstanceIdentifier": "protected", "DBParameterGroupName": "default.postgres17"}
    resource = instance(**PROTECTED, **properties)
    del resource["Properties"]["DBSubnetGroupName"]
    apply(embedded, "protected", {"Primary": resource})
    stacks.delete_stack(StackName="protected")

    def status() -> str:
        return str(stacks.describe_stacks(StackName="protected")["Stacks"][0]["StackStatus"])

    eventually(lambda: status() == "DELETE_FAILED", seconds=60)
    assert any("Cannot delete protected" in each for each in reasons(embedded, "protected"))
    client(embedded, "rds").modify_db_instance(
        DBInstanceIdentifier="protected", DeletionProtection=False, ApplyImmediately=True
    )
    remove(embedded, "protected")


def test_cluster_mode_and_tls_change_in_two_steps(embedded: Embedded) -> None:
    """https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/modify-cluster-mode.html
    https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/in-transit-encryption-enable.html
    """
    available = {"AutomaticFailoverEnabled": True, "ReplicasPerNodeGroup": 1}
    apply(embedded, "caches", {"Cache": cache(ReplicasPerNodeGroup=1)})
    apply(embedded, "caches", {"Cache": cache(**available)})
    assert "from disabled to enabled" in update_fails(
        embedded, "caches", {"Cache": cache(**available, ClusterMode="enabled")}
    )
    apply(embedded, "caches", {"Cache": cache(**available, ClusterMode="compatible")})
    apply(embedded, "caches", {"Cache": cache(**available, ClusterMode="enabled")})
    encrypted = {**available, "ClusterMode": "enabled", "TransitEncryptionEnabled": True}
    assert "in two steps" in update_fails(embedded, "caches", {"Cache": cache(**encrypted)})
    for mode in ("preferred", "required"):
        resource = cache(**encrypted, TransitEncryptionMode=mode)
        apply(embedded, "caches", {"Cache": resource})
    (found,) = client(embedded, "elasticache").describe_replication_groups()["ReplicationGroups"]
    assert (found["ClusterEnabled"], found["TransitEncryptionMode"]) == (True, "required")


def test_shards_change_online_only_with_the_update_policy(embedded: Embedded) -> None:
    """https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-attribute-updatepolicy.html"""
    name = {"ReplicationGroupId": "sharded", "ClusterMode": "enabled"}
    policy = {"UpdatePolicy": {"UseOnlineResharding": True}}
    resource = cache(**name, NumNodeGroups=2)
    apply(embedded, "sharded", {"Cache": resource})
    more = cache(**name, NumNodeGroups=3)
    assert "requires replacing" in update_fails(embedded, "sharded", {"Cache": more})
    apply(embedded, "sharded", {"Cache": {**resource, **policy}, "Marker": TOPIC})
    apply(embedded, "sharded", {"Cache": {**more, **policy}, "Marker": TOPIC})
    caches = client(embedded, "elasticache")
    (group,) = caches.describe_replication_groups(ReplicationGroupId="sharded")["ReplicationGroups"]
    assert len(group["NodeGroups"]) == 3
    caches.modify_replication_group_shard_configuration(
        ReplicationGroupId="sharded",
        NodeGroupCount=2,
        ApplyImmediately=True,
        NodeGroupsToRemove=["0003"],
    )
    (group,) = caches.describe_replication_groups(ReplicationGroupId="sharded")["ReplicationGroups"]
    assert len(group["NodeGroups"]) == 2
    remove(embedded, "sharded")


TOPIC = {"Type": "AWS::SNS::Topic", "Properties": {"TopicName": "marker"}}


def test_a_taken_name_is_refused(embedded: Embedded) -> None:
    """https://docs.aws.amazon.com/cloudformation-cli/latest/userguide/resource-type-test-contract-errors.html"""
    client(embedded, "logs").create_log_group(logGroupName="taken")
    group = {"Type": "AWS::Logs::LogGroup", "Properties": {"LogGroupName": "taken"}}
    stacks = client(embedded, "cloudformation")
    stacks.create_stack(StackName="names", TemplateBody=template({"Group": group}))
    eventually(
        lambda: (
            stacks.describe_stacks(StackName="names")["Stacks"][0]["StackStatus"]
            == "ROLLBACK_COMPLETE"
        )
    )
    assert any("already exists" in each for each in reasons(embedded, "names"))
    assert client(embedded, "logs").describe_log_groups(logGroupNamePrefix="taken")["logGroups"]
    remove(embedded, "names")


def test_reserved_concurrency_leaves_the_account_what_aws_demands(embedded: Embedded) -> None:
    """https://docs.aws.amazon.com/lambda/latest/dg/configuration-concurrency.html"""
    functions = client(embedded, "lambda")
    functions.create_function(
        FunctionName="reserving",
        Runtime="python3.13",
        Role=ROLE,
        Handler="handler.handle",
        Code={"ZipFile": bundle("def handle(event, context): pass")},
    )
    assert functions.get_account_settings()["AccountLimit"]["ConcurrentExecutions"] == 1000
    functions.put_function_concurrency(FunctionName="reserving", ReservedConcurrentExecutions=900)
    with pytest.raises(ClientError, match=r"minimum value of \[100\]"):
        functions.put_function_concurrency(
            FunctionName="reserving", ReservedConcurrentExecutions=901
        )
    quota = {"ServiceCode": "lambda", "QuotaCode": "L-B99A9384"}
    quotas = client(embedded, "service-quotas")
    quotas.request_service_quota_increase(**quota, DesiredValue=10.0)
    assert quotas.get_service_quota(**quota)["Quota"]["Value"] == 10.0
    functions.put_function_concurrency(FunctionName="reserving", ReservedConcurrentExecutions=0)
    with pytest.raises(ClientError, match=r"minimum value of \[10\]"):
        functions.put_function_concurrency(FunctionName="reserving", ReservedConcurrentExecutions=1)
    quotas.request_service_quota_increase(**quota, DesiredValue=1000.0)


def test_mappings_of_a_template_are_refused_as_by_the_api(embedded: Embedded) -> None:
    """https://docs.aws.amazon.com/lambda/latest/api/API_CreateEventSourceMapping.html"""
    client(embedded, "lambda").create_function(
        FunctionName="consumer",
        Runtime="python3.13",
        Role=ROLE,
        Handler="handler.handle",
        Code={"ZipFile": bundle("def handle(event, context): pass")},
    )
    stream = {"Type": "AWS::Kinesis::Stream", "Properties": {"Name": "mapped", "ShardCount": 1}}
    apply(embedded, "mappings", {"Stream": stream})
    mapping = {
        "FunctionName": "consumer",
        "EventSourceArn": {"Fn::GetAtt": ["Stream", "Arn"]},
        "StartingPosition": "LATEST",
        "Enabled": False,
    }
    lost = {"OnFailure": {"Destination": f"arn:aws:sqs:{REGION}:{ACCOUNT}:none"}}
    one = {"Type": "AWS::Lambda::EventSourceMapping", "Properties": mapping}
    two = {**one, "DependsOn": "One"}
    broken = {**one, "Properties": {**mapping, "DestinationConfig": lost}}
    both = {"Stream": stream, "One": one, "Two": two}
    assert "ResourceConflictException" in update_fails(embedded, "mappings", both)
    assert "does not exist" in update_fails(embedded, "mappings", {"Stream": stream, "One": broken})
    apply(embedded, "mappings", {"Stream": stream, "One": one})
    moved = {**one, "Properties": {**mapping, "StartingPosition": "TRIM_HORIZON"}}
    assert "already exists" in update_fails(embedded, "mappings", {"Stream": stream, "One": moved})
    remove(embedded, "mappings")


def test_a_stream_is_scaled_ten_times_a_day(embedded: Embedded) -> None:
    """https://docs.aws.amazon.com/kinesis/latest/APIReference/API_UpdateShardCount.html"""
    streams = client(embedded, "kinesis")
    streams.create_stream(StreamName="scaled", ShardCount=1)
    scale = {"StreamName": "scaled", "ScalingType": "UNIFORM_SCALING"}
    for number in range(10):
        streams.update_shard_count(**scale, TargetShardCount=2 - number % 2)
    with pytest.raises(ClientError, match="LimitExceededException"):
        streams.update_shard_count(**scale, TargetShardCount=2)
