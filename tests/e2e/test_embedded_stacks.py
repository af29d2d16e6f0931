"""CloudFormation on the embedded AWS: stacks create resources, and unsupported ones are refused."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest
import redis
from botocore.exceptions import ClientError

from catalog_platform.local.state import Embedded
from support.embedded import ROLE, client, eventually, running
from support.stacks import apply, reasons, remove, template

pytestmark = pytest.mark.e2e


@pytest.fixture(scope="module")
def embedded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Embedded]:
    with running(tmp_path_factory.mktemp("workspace")) as found:
        yield found


def test_an_unsupported_type_stops_the_deployment_before_it_starts(
    embedded: Embedded,
) -> None:
    stacks = client(embedded, "cloudformation")
    resources = {
        "Topic": {"Type": "AWS::SNS::Topic"},
        "Rollout": {"Type": "AWS::CodeDeploy::Application"},
    }
    with pytest.raises(ClientError, match="AWS::CodeDeploy::Application"):
        stacks.create_stack(StackName="unknown", TemplateBody=template(resources))
    assert client(embedded, "sns").list_topics()["Topics"] == []


def test_a_mapping_with_missing_resources_fails_as_on_aws(embedded: Embedded) -> None:
    mapping = {
        "Type": "AWS::Lambda::EventSourceMapping",
        "Properties": {
            "EventSourceArn": f"arn:aws:kinesis:us-east-1:{embedded.account}:stream/none",
            "FunctionName": "none",
            "StartingPosition": "LATEST",
        },
    }
    with pytest.raises(AssertionError, match="Stream not found"):
        apply(embedded, "dangling", {"Mapping": mapping})


@pytest.mark.parametrize(
    ("shards", "endpoint"), [(1, "PrimaryEndPoint"), (2, "ConfigurationEndPoint")]
)
def test_a_cache_group_has_the_endpoint_of_a_real_server(
    embedded: Embedded, shards: int, endpoint: str
) -> None:
    group = {
        "Type": "AWS::ElastiCache::ReplicationGroup",
        "Properties": {
            "ReplicationGroupDescription": "cache",
            "Engine": "valkey",
            "CacheNodeType": "cache.t4g.micro",
            "NumNodeGroups": shards,
            "ReplicasPerNodeGroup": 1,
            "AutomaticFailoverEnabled": True,
            "ClusterMode": "disabled" if shards == 1 else "enabled",
        },
    }
    outputs = apply(
        embedded,
        f"cache-{shards}",
        {"Group": group},
        {
            "Host": {"Fn::GetAtt": ["Group", f"{endpoint}.Address"]},
            "Port": {"Fn::GetAtt": ["Group", f"{endpoint}.Port"]},
        },
    )
    password = urlsplit(embedded.cache_url).password
    with redis.Redis(host=outputs["Host"], port=int(outputs["Port"]), password=password) as cache:
        assert cache.ping()
    (found,) = client(embedded, "elasticache").describe_replication_groups()["ReplicationGroups"]
    assert len(found["NodeGroups"]) == shards
    remove(embedded, f"cache-{shards}")


def test_settings_of_a_bucket_are_kept_and_objects_can_be_put(embedded: Embedded) -> None:
    bucket = {
        "Type": "AWS::S3::Bucket",
        "Properties": {
            "BucketName": "kept",
            "Tags": [{"Key": "owner", "Value": "catalog"}],
            "VersioningConfiguration": {"Status": "Enabled"},
            "ObjectLockEnabled": True,
            "ObjectLockConfiguration": {
                "ObjectLockEnabled": "Enabled",
                "Rule": {"DefaultRetention": {"Mode": "COMPLIANCE", "Days": 1}},
            },
            "BucketEncryption": {
                "ServerSideEncryptionConfiguration": [
                    {"ServerSideEncryptionByDefault": {"SSEAlgorithm": "aws:kms"}}
                ]
            },
            "LifecycleConfiguration": {
                "Rules": [
                    {
                        "Id": "retention",
                        "Status": "Enabled",
                        "ExpirationInDays": 1100,
                        "Transitions": [{"StorageClass": "GLACIER", "TransitionInDays": 90}],
                    }
                ]
            },
        },
    }
    apply(embedded, "bucket", {"Bucket": bucket})
    storage = client(embedded, "s3")
    assert storage.get_bucket_tagging(Bucket="kept")["TagSet"][0]["Value"] == "catalog"
    (rule,) = storage.get_bucket_lifecycle_configuration(Bucket="kept")["Rules"]
    assert (rule["Expiration"]["Days"], rule["Transitions"][0]["Days"]) == (1100, 90)
    algorithm = storage.get_bucket_encryption(Bucket="kept")["ServerSideEncryptionConfiguration"]
    assert "aws:kms" in json.dumps(algorithm)
    put = storage.put_object(
        Bucket="kept", Key="object", Body=b"content", ServerSideEncryption="aws:kms"
    )
    with pytest.raises(ClientError, match="AccessDenied"):
        storage.delete_object(Bucket="kept", Key="object", VersionId=put["VersionId"])


def test_network_resources_can_be_described(embedded: Embedded) -> None:
    resources = {
        "Vpc": {"Type": "AWS::EC2::VPC", "Properties": {"CidrBlock": "10.0.0.0/16"}},
        "Logs": {"Type": "AWS::Logs::LogGroup"},
        "Flow": {
            "Type": "AWS::EC2::FlowLog",
            "Properties": {
                "ResourceId": {"Ref": "Vpc"},
                "ResourceType": "VPC",
                "TrafficType": "ALL",
                "LogGroupName": {"Ref": "Logs"},
                "DeliverLogsPermissionArn": ROLE,
            },
        },
        "Address": {"Type": "AWS::EC2::EIP", "Properties": {"Domain": "vpc"}},
        "Group": {
            "Type": "AWS::EC2::SecurityGroup",
            "Properties": {"GroupDescription": "group", "VpcId": {"Ref": "Vpc"}},
        },
        "Rule": {
            "Type": "AWS::EC2::SecurityGroupIngress",
            "Properties": {
                "GroupId": {"Fn::GetAtt": ["Group", "GroupId"]},
                "IpProtocol": "tcp",
                "FromPort": 5432,
                "ToPort": 5432,
                "CidrIp": "10.0.0.0/16",
            },
        },
    }
    outputs = apply(embedded, "network", resources, {"Group": {"Ref": "Group"}})
    network = client(embedded, "ec2")
    (group,) = network.describe_security_groups(GroupIds=[outputs["Group"]])["SecurityGroups"]
    assert [rule["FromPort"] for rule in group["IpPermissions"]] == [5432]
    assert [log["TrafficType"] for log in network.describe_flow_logs()["FlowLogs"]] == ["ALL"]
    remove(embedded, "network")
    assert network.describe_flow_logs()["FlowLogs"] == []
    assert network.describe_addresses()["Addresses"] == []


def test_an_alarm_with_metric_math_is_recorded(embedded: Embedded) -> None:
    alarm = {
        "Type": "AWS::CloudWatch::Alarm",
        "Properties": {
            "AlarmName": "share",
            "ComparisonOperator": "GreaterThanThreshold",
            "EvaluationPeriods": 1,
            "Threshold": 5,
            "Metrics": [
                {"Id": "share", "Expression": "100 * errors / 2", "Label": "Share of errors"},
                {
                    "Id": "errors",
                    "ReturnData": False,
                    "MetricStat": {
                        "Metric": {"Namespace": "AWS/Lambda", "MetricName": "Errors"},
                        "Period": 60,
                        "Stat": "Sum",
                    },
                },
            ],
        },
    }
    apply(embedded, "alarm", {"Alarm": alarm})
    (found,) = client(embedded, "cloudwatch").describe_alarms()["MetricAlarms"]
    assert (found["AlarmName"], found["StateValue"]) == ("share", "INSUFFICIENT_DATA")


def test_records_of_old_shards_survive_resharding(embedded: Embedded) -> None:
    def stream(shards: int) -> dict[str, Any]:
        return {
            "Type": "AWS::Kinesis::Stream",
            "Properties": {"Name": "growing", "ShardCount": shards},
        }

    streams = client(embedded, "kinesis")
    apply(embedded, "stream", {"Stream": stream(1)})
    streams.put_record(StreamName="growing", Data=b"old", PartitionKey="key")
    apply(embedded, "stream", {"Stream": stream(2)})
    shards = streams.describe_stream(StreamName="growing")["StreamDescription"]["Shards"]
    assert [shard.get("ParentShardId") for shard in shards] == [
        None,
        "shardId-000000000000",
        "shardId-000000000000",
    ]
    assert "EndingSequenceNumber" in shards[0]["SequenceNumberRange"]
    summary = streams.describe_stream_summary(StreamName="growing")["StreamDescriptionSummary"]
    assert summary["OpenShardCount"] == 2
    iterator = streams.get_shard_iterator(
        StreamName="growing", ShardId=shards[0]["ShardId"], ShardIteratorType="TRIM_HORIZON"
    )["ShardIterator"]
    answer = streams.get_records(ShardIterator=iterator)
    assert [record["Data"] for record in answer["Records"]] == [b"old"]
    assert "NextShardIterator" not in answer


def test_a_bucket_with_objects_is_not_deleted(embedded: Embedded) -> None:
    bucket = {"Type": "AWS::S3::Bucket", "Properties": {"BucketName": "in-use"}}
    topic = {"Type": "AWS::SNS::Topic"}
    apply(embedded, "bucket", {"Bucket": bucket, "Topic": topic})
    storage = client(embedded, "s3")
    storage.put_object(Bucket="in-use", Key="a", Body=b"b")
    stacks = client(embedded, "cloudformation")
    stacks.delete_stack(StackName="bucket")
    eventually(
        lambda: (
            stacks.describe_stacks(StackName="bucket")["Stacks"][0]["StackStatus"]
            == "DELETE_FAILED"
        )
    )
    assert any("not empty" in reason for reason in reasons(embedded, "bucket"))
    assert storage.get_object(Bucket="in-use", Key="a")["Body"].read() == b"b"
    storage.delete_object(Bucket="in-use", Key="a")
    remove(embedded, "bucket")


@pytest.mark.parametrize("wanted", [4, None])
def test_reserved_concurrency_of_a_template_is_applied_and_removed(
    embedded: Embedded, wanted: int | None
) -> None:
    def function(concurrency: int | None) -> dict[str, Any]:
        reserved = {} if concurrency is None else {"ReservedConcurrentExecutions": concurrency}
        return {
            "Type": "AWS::Lambda::Function",
            "Properties": {
                "FunctionName": f"reserved-{wanted}",
                "Runtime": "python3.13",
                "Role": ROLE,
                "Handler": "index.handle",
                "Code": {"ZipFile": "def handle(event, context):\n    return 1\n"},
                **reserved,
            },
        }

    functions = client(embedded, "lambda")
    name, stack = f"reserved-{wanted}", f"concurrency-{wanted}"
    apply(embedded, stack, {"Function": function(0)})
    with pytest.raises(ClientError, match="Rate Exceeded"):
        functions.invoke(FunctionName=name)
    apply(embedded, stack, {"Function": function(wanted)})
    assert (
        functions.get_function_concurrency(FunctionName=name).get("ReservedConcurrentExecutions")
        == wanted
    )
    assert functions.invoke(FunctionName=name)["Payload"].read() == b"1"
