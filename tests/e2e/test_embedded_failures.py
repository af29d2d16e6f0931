"""What a failed operation has changed is undone; the resources are compared, not the status."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest
from botocore.exceptions import ClientError

from catalog_platform.local.state import Embedded
from support.database_stacks import cache
from support.embedded import ROLE, client, running
from support.stack_operations import INVALID, Stack, queue

pytestmark = pytest.mark.e2e

ROLLED_BACK = "UPDATE_ROLLBACK_COMPLETE"
REFUSED = {"Rules": [{"Id": "a", "Status": "Enabled", "ExpirationInDays": 0}]}


@pytest.fixture(scope="module")
def embedded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Embedded]:
    with running(tmp_path_factory.mktemp("workspace")) as found:
        yield found


@pytest.fixture
def stack(embedded: Embedded, request: pytest.FixtureRequest) -> Stack:
    """A stack that does not exist yet, named for the test."""
    return Stack(embedded, re.sub(r"[^A-Za-z0-9]", "-", request.node.name))


def function(answer: int, **properties: Any) -> dict[str, Any]:
    code = f"def handle(event, context):\n    return {answer}\n"
    return {
        "Type": "AWS::Lambda::Function",
        "Properties": {
            "FunctionName": "answering",
            "Runtime": "python3.13",
            "Role": ROLE,
            "Handler": "index.handle",
            "Code": {"ZipFile": code},
            **properties,
        },
    }


def stream(**properties: Any) -> dict[str, Any]:
    return {"Type": "AWS::Kinesis::Stream", "Properties": properties}


def bucket(name: str, **properties: Any) -> dict[str, Any]:
    return {"Type": "AWS::S3::Bucket", "Properties": {"BucketName": name, **properties}}


def test_a_function_keeps_its_code_when_its_reservation_is_refused(stack: Stack) -> None:
    """https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/stack-failure-options.html"""
    stack.create({"Function": function(1)})
    refused = function(2, ReservedConcurrentExecutions=950)
    assert stack.update({"Function": refused}) == ROLLED_BACK
    functions = client(stack.embedded, "lambda")
    assert json.loads(functions.invoke(FunctionName="answering")["Payload"].read()) == 1


def test_a_stream_keeps_its_retention_when_its_shards_are_refused(stack: Stack) -> None:
    """https://docs.aws.amazon.com/kinesis/latest/APIReference/API_UpdateShardCount.html"""
    stack.create({"Stream": stream(Name="kept", ShardCount=2, RetentionPeriodHours=168)})
    refused = stream(Name="kept", ShardCount=5, RetentionPeriodHours=24)
    assert stack.update({"Stream": refused}) == ROLLED_BACK
    found = client(stack.embedded, "kinesis").describe_stream_summary(StreamName="kept")
    summary = found["StreamDescriptionSummary"]
    assert (summary["RetentionPeriodHours"], summary["OpenShardCount"]) == (168, 2)


def test_a_change_after_a_refusal_by_a_service_is_undone(stack: Stack) -> None:
    """Kinesis gets the key of the encryption last, after the retention has changed."""
    same = {"Name": "encrypted", "ShardCount": 1}
    stack.create({"Stream": stream(**same, RetentionPeriodHours=48)})
    missing = {"EncryptionType": "KMS", "KeyId": ""}
    refused = stream(**same, RetentionPeriodHours=24, StreamEncryption=missing)
    assert stack.update({"Stream": refused}) == ROLLED_BACK
    found = client(stack.embedded, "kinesis").describe_stream_summary(StreamName="encrypted")
    assert found["StreamDescriptionSummary"]["RetentionPeriodHours"] == 48


def test_a_cache_keeps_its_shards_when_its_version_is_refused(stack: Stack) -> None:
    """https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/VersionManagement.HowTo.html"""
    online = {"UpdatePolicy": {"UseOnlineResharding": True}}
    sharded = {"ReplicationGroupId": "sharded", "ClusterMode": "enabled"}
    stack.create({"Cache": {**cache(**sharded, NumNodeGroups=2), **online}})
    refused = {**cache(**sharded, NumNodeGroups=3, EngineVersion="7.2"), **online}
    assert stack.update({"Cache": refused}) == ROLLED_BACK
    caches = client(stack.embedded, "elasticache")
    (found,) = caches.describe_replication_groups(ReplicationGroupId="sharded")["ReplicationGroups"]
    assert len(found["NodeGroups"]) == 2


def test_a_cache_without_a_name_is_replaced_before_it_is_deleted(stack: Stack) -> None:
    """https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-elasticache-replicationgroup.html"""

    def unnamed(shards: int) -> dict[str, Any]:
        found = cache(ClusterMode="enabled", NumNodeGroups=shards)
        del found["Properties"]["ReplicationGroupId"]
        return {**found, "UpdateReplacePolicy": "Retain"}

    stack.create({"Cache": unnamed(1)})
    before = stack.physical_id("Cache")
    assert stack.update({"Cache": unnamed(2)}) == "UPDATE_COMPLETE"
    caches = client(stack.embedded, "elasticache")
    groups = caches.describe_replication_groups()["ReplicationGroups"]
    shards = {found["ReplicationGroupId"]: len(found["NodeGroups"]) for found in groups}
    assert (shards[before], shards[stack.physical_id("Cache")]) == (1, 2)


def test_a_bucket_keeps_its_settings_when_one_is_refused(stack: Stack) -> None:
    """https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutBucketLifecycleConfiguration.html"""
    rule = {"AllowedMethods": ["GET"], "AllowedOrigins": ["https://example.com"]}
    stack.create({"Bucket": bucket("settings", CorsConfiguration={"CorsRules": [rule]})})
    changed = bucket(
        "settings",
        VersioningConfiguration={"Status": "Enabled"},
        LifecycleConfiguration=REFUSED,
    )
    assert stack.update({"Bucket": changed}) == ROLLED_BACK
    storage = client(stack.embedded, "s3")
    assert "Status" not in storage.get_bucket_versioning(Bucket="settings")
    assert storage.get_bucket_cors(Bucket="settings")["CORSRules"]


def trail(*selectors: dict[str, Any], name: str = "audit") -> dict[str, Any]:
    return {
        "Type": "AWS::CloudTrail::Trail",
        "Properties": {
            "TrailName": name,
            "S3BucketName": "logs",
            "IsLogging": True,
            "EventSelectors": list(selectors),
        },
    }


MANY = [{"ReadWriteType": "All"}] * 6


def test_what_a_failed_creation_has_made_is_deleted(stack: Stack) -> None:
    """A trail is made before its selectors are refused, a bucket after its settings are checked.

    https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_PutEventSelectors.html
    """
    lifecycle = bucket("halfway", LifecycleConfiguration=REFUSED)
    trails, storage = (client(stack.embedded, name) for name in ("cloudtrail", "s3"))
    for resource in (trail(*MANY), lifecycle):
        assert stack.create({"Resource": resource}) == "ROLLBACK_COMPLETE"
        assert stack.delete() == "DELETE_COMPLETE"
    assert trails.list_trails()["Trails"] == []
    assert "halfway" not in [each["Name"] for each in storage.list_buckets()["Buckets"]]
    assert stack.create({"Bucket": bucket("halfway")}) == "CREATE_COMPLETE"


def test_a_failed_creation_is_tried_again(stack: Stack) -> None:
    """https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/stack-failure-options.html"""
    resources = {"Trail": trail(*MANY), "Queue": queue()}
    assert stack.create(resources, DisableRollback=True) == "CREATE_FAILED"
    trails = client(stack.embedded, "cloudtrail")
    assert [each["Name"] for each in trails.list_trails()["Trails"]] == ["audit"]
    # The same template is no update without changes, and what failed is created anew.
    assert stack.update(resources, DisableRollback=True) == "UPDATE_FAILED"
    found = stack.change_set("again", "UPDATE", resources)
    assert [each["ResourceChange"]["Action"] for each in found["Changes"]][:1] == ["Add"]
    stack.call("delete_change_set", ChangeSetName="again")
    assert stack.update({**resources, "Trail": trail({"ReadWriteType": "All"})}) == (
        "UPDATE_COMPLETE"
    )
    assert [each["Name"] for each in trails.list_trails()["Trails"]] == ["audit"]
    assert stack.delete() == "DELETE_COMPLETE"
    assert trails.list_trails()["Trails"] == []


def test_invalid_properties_roll_back_the_update_before(stack: Stack) -> None:
    """https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/stack-failure-options.html"""
    stack.create({"Queue": queue(DelaySeconds=1)})
    changed = {"Queue": queue(DelaySeconds=2), "Then": {**INVALID, "DependsOn": "Queue"}}
    assert stack.update(changed, DisableRollback=True) == "UPDATE_FAILED"
    client(stack.embedded, "s3").create_bucket(Bucket="taken")
    invalid = {"Queue": queue(DelaySeconds=3), "Bucket": bucket("taken")}
    assert stack.update(invalid) == ROLLED_BACK
    assert ("Queue", "UPDATE_FAILED") not in stack.since([])
    queues = client(stack.embedded, "sqs")
    delay = queues.get_queue_attributes(
        QueueUrl=stack.physical_id("Queue"), AttributeNames=["DelaySeconds"]
    )
    assert delay["Attributes"]["DelaySeconds"] == "1"


def outputs(stack: Stack, operation: str, value: Any, **exported: str) -> str:
    """Create or update a stack with exports; return its status."""
    shown = {
        name: {"Value": text, "Export": {"Name": f"shared-{name}"}}
        for name, text in exported.items()
    }
    resources = {
        "Used": {"Type": "AWS::SSM::Parameter", "Properties": {"Type": "String", "Value": value}}
    }
    body = json.dumps({"Resources": resources, "Outputs": shown})
    return stack.run(operation, TemplateBody=body)


def test_exports_are_unique_and_stay_while_they_are_in_use(stack: Stack) -> None:
    """https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/using-cfn-stack-exports.html"""
    user, other = (Stack(stack.embedded, f"{stack.name}-{name}") for name in ("user", "other"))
    assert outputs(stack, "create_stack", "1", used="a", free="b") == "CREATE_COMPLETE"
    imported = {"Fn::ImportValue": "shared-used"}
    assert outputs(user, "create_stack", imported) == "CREATE_COMPLETE"
    assert outputs(other, "create_stack", "1", used="c") == "ROLLBACK_COMPLETE"
    assert "already exported by stack" in other.reason(other.name, "ROLLBACK_IN_PROGRESS")
    for verb, exported in (("update", {"used": "changed"}), ("delete", {"free": "b"})):
        assert outputs(stack, "update_stack", "2", **exported) == ROLLED_BACK
        reason = stack.reason(stack.name, "UPDATE_ROLLBACK_IN_PROGRESS")
        assert reason == f"Cannot {verb} export shared-used as it is in use by {user.name}."
    assert outputs(stack, "update_stack", "2", used="a") == "UPDATE_COMPLETE"
    exports = stack.api.list_exports()["Exports"]
    assert [each["Name"] for each in exports] == ["shared-used"]


def test_a_deleted_bucket_leaves_no_settings(stack: Stack) -> None:
    """https://docs.aws.amazon.com/AmazonS3/latest/API/API_DeleteBucket.html"""
    locked = bucket(
        "again",
        ObjectLockEnabled=True,
        VersioningConfiguration={"Status": "Enabled"},
        LoggingConfiguration={"LogFilePrefix": "logs/"},
    )
    stack.create({"Bucket": locked})
    stack.delete()
    storage = client(stack.embedded, "s3")
    storage.create_bucket(Bucket="again")
    with pytest.raises(ClientError, match="ObjectLockConfigurationNotFoundError"):
        storage.get_object_lock_configuration(Bucket="again")
    assert "LoggingEnabled" not in storage.get_bucket_logging(Bucket="again")
