"""CloudFormation on the embedded AWS: what a stack makes is there; what cannot be is refused."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import psycopg
import pytest
import redis
from botocore.exceptions import ClientError

from catalog_platform.local.state import Embedded
from support.embedded import ROLE, client, eventually, running

pytestmark = pytest.mark.e2e


@pytest.fixture(scope="module")
def embedded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Embedded]:
    with running(tmp_path_factory.mktemp("workspace")) as found:
        yield found


def template(resources: dict[str, Any], outputs: dict[str, Any] | None = None) -> str:
    shown = {name: {"Value": value} for name, value in (outputs or {}).items()}
    return json.dumps({"Resources": resources, "Outputs": shown})


def apply(
    embedded: Embedded,
    name: str,
    resources: dict[str, Any],
    outputs: dict[str, Any] | None = None,
) -> dict[str, str]:
    """Create or update a stack and wait for its end; returns its outputs, fails if it failed."""
    stacks = client(embedded, "cloudformation")
    exists = name in [stack["StackName"] for stack in stacks.describe_stacks()["Stacks"]]
    change = stacks.update_stack if exists else stacks.create_stack
    change(StackName=name, TemplateBody=template(resources, outputs))
    stack: dict[str, Any] = {}

    def ended() -> bool:
        stack.update(stacks.describe_stacks(StackName=name)["Stacks"][0])
        return not stack["StackStatus"].endswith("IN_PROGRESS")

    eventually(ended, seconds=60)
    wanted = "UPDATE_COMPLETE" if exists else "CREATE_COMPLETE"
    assert stack["StackStatus"] == wanted, reasons(embedded, name)
    return {out["OutputKey"]: out["OutputValue"] for out in stack.get("Outputs", ())}


def reasons(embedded: Embedded, name: str) -> list[str]:
    events = client(embedded, "cloudformation").describe_stack_events(StackName=name)
    return [
        event["ResourceStatusReason"]
        for event in events["StackEvents"]
        if event["ResourceStatus"].endswith("FAILED")
    ]


def remove(embedded: Embedded, name: str) -> None:
    stacks = client(embedded, "cloudformation")
    stacks.delete_stack(StackName=name)
    eventually(
        lambda: name not in [stack["StackName"] for stack in stacks.describe_stacks()["Stacks"]]
    )


def database(name: str = "shop", **properties: Any) -> dict[str, Any]:
    return {
        "Type": "AWS::RDS::DBInstance",
        "DeletionPolicy": "Delete",
        "UpdateReplacePolicy": "Delete",
        "Properties": {
            "Engine": "postgres",
            "EngineVersion": "17.9",
            "DBInstanceClass": "db.t4g.small",
            "AllocatedStorage": "20",
            "DBName": name,
            "MasterUsername": "owner",
            "MasterUserPassword": "correct horse",
            **properties,
        },
    }


def connect(outputs: dict[str, str], name: str = "shop") -> psycopg.Connection[Any]:
    return psycopg.connect(
        host=outputs["Host"],
        port=outputs["Port"],
        dbname=name,
        user="owner",
        password="correct horse",
        autocommit=True,
    )


ENDPOINT = {
    "Host": {"Fn::GetAtt": ["Db", "Endpoint.Address"]},
    "Port": {"Fn::GetAtt": ["Db", "Endpoint.Port"]},
}


def test_a_type_that_nobody_knows_stops_the_deployment_before_anything_is_made(
    embedded: Embedded,
) -> None:
    stacks = client(embedded, "cloudformation")
    resources = {
        "Topic": {"Type": "AWS::SNS::Topic"},
        "Proxy": {"Type": "AWS::RDS::DBProxy"},
    }
    with pytest.raises(ClientError, match=r"Unrecognized resource types: \[AWS::RDS::DBProxy\]"):
        stacks.create_stack(StackName="unknown", TemplateBody=template(resources))
    assert client(embedded, "sns").list_topics()["Topics"] == []


def test_a_mapping_to_what_does_not_exist_fails_as_on_aws(embedded: Embedded) -> None:
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


def test_two_instances_with_the_same_names_share_nothing(embedded: Embedded) -> None:
    one = apply(embedded, "one", {"Db": database()}, ENDPOINT)
    two = apply(embedded, "two", {"Db": database()}, ENDPOINT)
    assert one["Port"] != two["Port"]
    with connect(one) as first, connect(two) as second:
        first.execute("create table stock as select 1 as n")
        assert second.execute("select to_regclass('stock')").fetchone() == (None,)
    remove(embedded, "two")
    with pytest.raises(psycopg.OperationalError):
        connect(two)
    with connect(one) as first:
        assert first.execute("select n from stock").fetchone() == (1,)
    remove(embedded, "one")
    with pytest.raises(psycopg.OperationalError):
        connect(one)


def test_a_replaced_instance_starts_empty_and_a_changed_password_works(
    embedded: Embedded,
) -> None:
    old = apply(embedded, "moved", {"Db": database()}, ENDPOINT)
    with connect(old) as connection:
        connection.execute("create table stock as select 1 as n")
    changed = apply(embedded, "moved", {"Db": database(MultiAZ=True)}, ENDPOINT)
    assert changed == old
    new = apply(embedded, "moved", {"Db": database("store")}, ENDPOINT)
    with connect(new, "store") as connection:
        assert connection.execute("select to_regclass('stock')").fetchone() == (None,)
    apply(embedded, "moved", {"Db": database("store", MasterUserPassword="other words")})
    with pytest.raises(psycopg.OperationalError, match="password"):
        connect(new, "store")
    remove(embedded, "moved")


def test_a_replica_shows_what_its_source_holds(embedded: Embedded) -> None:
    replica = {
        "Type": "AWS::RDS::DBInstance",
        "DeletionPolicy": "Delete",
        "Properties": {
            "DBInstanceClass": "db.t4g.small",
            "SourceDBInstanceIdentifier": {"Ref": "Primary"},
        },
    }
    outputs = apply(embedded, "pair", {"Primary": database(), "Db": replica}, ENDPOINT)
    with connect(outputs) as connection:
        assert connection.execute("select current_database()").fetchone() == ("shop",)
    found = client(embedded, "rds").describe_db_instances()["DBInstances"]
    sources = [entry.get("ReadReplicaSourceDBInstanceIdentifier") for entry in found]
    assert len(found) == 2
    assert any(sources)
    remove(embedded, "pair")


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
    with redis.Redis(host=outputs["Host"], port=int(outputs["Port"])) as cache:
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


def test_what_the_network_says_can_be_asked_for(embedded: Embedded) -> None:
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


def test_more_shards_keep_the_records_of_the_old_ones(embedded: Embedded) -> None:
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
