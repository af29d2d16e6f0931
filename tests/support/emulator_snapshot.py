"""What the embedded AWS shows of the state that refused requests must not change."""

from __future__ import annotations

import json
from typing import Any

from botocore.exceptions import ClientError

from catalog_platform.local.state import Embedded
from support.embedded import client, eventually
from support.request_fuzzing import NAMES

# They change by themselves, or are of the response.
VOLATILE = ("ResponseMetadata", "LastProcessingResult", "LastAccessedDate")
# What a bucket has, by method.
BUCKET_DOCUMENTS = (
    *("get_bucket_acl", "get_bucket_cors", "get_bucket_encryption", "get_bucket_logging"),
    *("get_bucket_lifecycle_configuration", "get_bucket_policy", "get_bucket_tagging"),
    *("get_bucket_notification_configuration", "get_bucket_versioning"),
    *("get_object_lock_configuration", "get_public_access_block"),
)


class Snapshots:
    """Reads the visible state of services."""

    def __init__(self, embedded: Embedded) -> None:
        names = (
            *("cloudformation", "cloudwatch", "elasticache", "kinesis", "lambda", "logs"),
            *("rds", "secretsmanager", "sns", "sqs", "backup", "ec2", "iam", "kms", "s3", "ssm"),
        )
        self._clients = {name: client(embedded, name) for name in names}

    def of(self, service: str) -> str:
        """Return a service's state as text: all resources, their settings, and all records."""
        found = getattr(self, f"_{service}")(self._clients[service])
        return json.dumps(found, sort_keys=True, default=str)

    def _kinesis(self, api: Any) -> dict[str, Any]:
        found = {}
        for name in api.list_streams()["StreamNames"]:
            summary = _bare(api.describe_stream_summary(StreamName=name))
            shards = api.list_shards(StreamName=name)["Shards"]
            arn = summary["StreamDescriptionSummary"]["StreamARN"]
            found[name] = {
                "summary": summary,
                "shards": shards,
                "tags": _bare(api.list_tags_for_stream(StreamName=name)),
                "consumers": _bare(api.list_stream_consumers(StreamARN=arn)),
                "policy": _bare(api.get_resource_policy(ResourceARN=arn)),
                "records": {shard["ShardId"]: _records(api, name, shard) for shard in shards},
            }
        return found

    def _lambda(self, api: Any) -> Any:
        mappings = api.list_event_source_mappings()["EventSourceMappings"]
        found = [[_bare(mapping) for mapping in mappings]]
        for function in api.list_functions()["Functions"]:
            name = function["FunctionName"]
            concurrency = api.get_function(FunctionName=name).get("Concurrency")
            aliases = api.list_aliases(FunctionName=name)["Aliases"]
            found.append([function, concurrency, aliases, _policy(api, name)])
        return found

    def _secretsmanager(self, api: Any) -> Any:
        return [
            [_bare(api.describe_secret(SecretId=found["ARN"])), _secret(api, found["ARN"])]
            for found in api.list_secrets(IncludePlannedDeletion=True)["SecretList"]
        ]

    def _sqs(self, api: Any) -> Any:
        found = {}
        for url in api.list_queues().get("QueueUrls", ()):
            attributes = api.get_queue_attributes(QueueUrl=url, AttributeNames=["All"])[
                "Attributes"
            ]
            counts = [name for name in attributes if name.startswith("ApproximateNumber")]
            total = sum(int(attributes.pop(name)) for name in counts)
            found[url] = [attributes, total, _bare(api.list_queue_tags(QueueUrl=url))]
        return found

    def _sns(self, api: Any) -> Any:
        topics = [found["TopicArn"] for found in api.list_topics()["Topics"]]
        attributes = [_bare(api.get_topic_attributes(TopicArn=arn)) for arn in topics]
        return [attributes, api.list_subscriptions()["Subscriptions"]]

    def _cloudwatch(self, api: Any) -> Any:
        return [
            _bare(api.describe_alarms()),
            _bare(api.list_metrics()),
            _bare(api.list_dashboards()),
        ]

    def _rds(self, api: Any) -> Any:
        return [
            _bare(api.describe_db_instances()),
            _bare(api.describe_db_subnet_groups()),
            _bare(api.describe_db_parameter_groups()),
            _bare(api.describe_db_snapshots()),
        ]

    def _elasticache(self, api: Any) -> Any:
        return [
            _bare(api.describe_replication_groups()),
            _bare(api.describe_cache_clusters()),
            _bare(api.describe_cache_subnet_groups()),
            _bare(api.describe_cache_parameter_groups()),
            _bare(api.describe_snapshots()),
        ]

    def _cloudformation(self, api: Any) -> Any:
        _wait_for_stacks(api)
        stacks = [stack["StackId"] for stack in api.describe_stacks()["Stacks"]]
        return [
            *(_bare(api.describe_stacks()), _bare(api.list_stacks()), _bare(api.list_exports())),
            [_stack(api, stack) for stack in stacks],
        ]

    def _backup(self, api: Any) -> Any:
        return [_bare(api.list_backup_vaults()), _bare(api.list_backup_plans())]

    def _ec2(self, api: Any) -> Any:
        return [
            _bare(call())
            for call in (
                *(api.describe_vpcs, api.describe_subnets, api.describe_security_groups),
                *(api.describe_flow_logs, api.describe_nat_gateways, api.describe_addresses),
            )
        ]

    def _iam(self, api: Any) -> Any:
        roles = api.list_roles()["Roles"]
        names = [role["RoleName"] for role in roles]
        return [roles, [_bare(api.list_role_policies(RoleName=name)) for name in names]]

    def _kms(self, api: Any) -> Any:
        keys = [key["KeyId"] for key in api.list_keys()["Keys"]]
        return [_bare(api.list_aliases()), [_bare(api.describe_key(KeyId=key)) for key in keys]]

    def _ssm(self, api: Any) -> Any:
        # The emulator shows policies of parameters in a form that no client can read.
        return _bare(api.get_parameters(Names=list(NAMES["Name"])))

    def _s3(self, api: Any) -> Any:
        found = {}
        for bucket in [each["Name"] for each in api.list_buckets()["Buckets"]]:
            versions = _bare(api.list_object_versions(Bucket=bucket))
            documents = [_document(api, name, bucket) for name in BUCKET_DOCUMENTS]
            found[bucket] = [versions, documents]
        return found

    def _logs(self, api: Any) -> Any:
        return [
            [found, api.describe_log_streams(logGroupName=found["logGroupName"])["logStreams"]]
            for found in api.describe_log_groups()["logGroups"]
        ]


def record_numbers(state: str) -> set[str]:
    """Return the sequence numbers of all records in the state of Kinesis."""
    return {
        record["SequenceNumber"]
        for stream in json.loads(state).values()
        for records in stream["records"].values()
        for record in records
    }


def _records(api: Any, stream: str, shard: dict[str, Any]) -> list[Any]:
    iterator = api.get_shard_iterator(
        StreamName=stream, ShardId=shard["ShardId"], ShardIteratorType="TRIM_HORIZON"
    )["ShardIterator"]
    records: list[Any] = api.get_records(ShardIterator=iterator)["Records"]
    return records


def _secret(api: Any, arn: str) -> Any:
    try:
        return _bare(api.get_secret_value(SecretId=arn))
    except ClientError as error:
        return error.response["Error"]["Code"]


def _wait_for_stacks(api: Any) -> None:
    """Wait for operations under way: their requests have been accepted earlier."""
    eventually(
        lambda: all(
            stack["StackStatus"] == "REVIEW_IN_PROGRESS"
            or not stack["StackStatus"].endswith("IN_PROGRESS")
            for stack in api.list_stacks()["StackSummaries"]
        )
    )


def _stack(api: Any, stack: str) -> Any:
    return [
        _bare(api.describe_stack_events(StackName=stack)),
        _bare(api.describe_stack_resources(StackName=stack)),
        _bare(api.get_template(StackName=stack)),
        _bare(api.get_stack_policy(StackName=stack)),
        _bare(api.list_change_sets(StackName=stack)),
    ]


def _document(api: Any, name: str, bucket: str) -> Any:
    try:
        return _bare(getattr(api, name)(Bucket=bucket))
    except ClientError as error:
        return error.response["Error"]["Code"]


def _policy(api: Any, function: str) -> Any:
    try:
        return _bare(api.get_policy(FunctionName=function))
    except ClientError as error:
        return error.response["Error"]["Code"]


def _bare(answer: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in answer.items() if name not in VOLATILE}
