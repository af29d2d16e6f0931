"""What AWS publishes about a template property: CloudFormation's schema and the service's API."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator, Mapping
from functools import cache
from importlib.metadata import version
from typing import Any

from cfnlint.schema import ResourceNotFoundError
from cfnlint.schema.manager import PROVIDER_SCHEMA_MANAGER

from support.embedded_python import PACKAGES

REGION = "us-east-1"
# Longer lists would only repeat what is in platform/catalog_platform/manifest/aws.
MAXIMUM_CHOICES = 40
KEYWORDS = ("enum", "pattern", "minimum", "maximum", "minLength", "maxLength", "format")
API_KEYWORDS = {"enum": "enum", "pattern": "pattern", "min": "minimum", "max": "maximum"}
# The operation whose input has a member for the property. A few have other names there.
OPERATIONS: Mapping[str, tuple[str, str]] = {
    "Backup::BackupPlan": ("backup", "CreateBackupPlan"),
    "CloudWatch::Alarm": ("cloudwatch", "PutMetricAlarm"),
    "EC2::FlowLog": ("ec2", "CreateFlowLogs"),
    "EC2::Subnet": ("ec2", "CreateSubnet"),
    "EC2::VPC": ("ec2", "CreateVpc"),
    "ElastiCache::ReplicationGroup": ("elasticache", "CreateReplicationGroup"),
    "KMS::Key": ("kms", "CreateKey"),
    "Kinesis::Stream": ("kinesis", "CreateStream"),
    "Lambda::EventSourceMapping": ("lambda", "CreateEventSourceMapping"),
    "Lambda::Function": ("lambda", "CreateFunction"),
    "Logs::LogGroup": ("logs", "PutRetentionPolicy"),
    "RDS::DBInstance": ("rds", "CreateDBInstance"),
    "S3::Bucket": ("s3", "PutBucketLifecycleConfiguration"),
    "SNS::Subscription": ("sns", "Subscribe"),
    "SecretsManager::RotationSchedule": ("secretsmanager", "RotateSecret"),
}
OTHERS: Mapping[str, tuple[str, str, str]] = {
    "KMS::Key.PendingWindowInDays": ("kms", "ScheduleKeyDeletion", "PendingWindowInDays"),
    "KMS::Key.RotationPeriodInDays": ("kms", "EnableKeyRotation", "RotationPeriodInDays"),
    "Kinesis::Stream.RetentionPeriodHours": (
        "kinesis", "IncreaseStreamRetentionPeriod", "RetentionPeriodHours",
    ),
    "Lambda::Function.ReservedConcurrentExecutions": (
        "lambda", "PutFunctionConcurrency", "ReservedConcurrentExecutions",
    ),
    "SQS::Queue.MessageRetentionPeriod": ("sqs", "SetQueueAttributes", "MessageRetentionPeriod"),
}  # fmt: skip


def sources() -> str:
    """Return the packages that the constraints come from, with versions."""
    folder = next(PACKAGES.glob("botocore-*.dist-info")).name
    number = folder.removeprefix("botocore-").removesuffix(".dist-info")
    return f"cfn-lint {version('cfn-lint')}, botocore {number}"


@cache
def constraints(name: str) -> dict[str, Any]:
    """Return the constraints of a property such as `RDS::DBInstance.Port`, by source.

    `schema` are those of CloudFormation's provider schema, `api` those of the service's API, with
    its `operation`. A source without constraints is absent.
    """
    found: dict[str, Any] = {}
    if schema := _picked(_schema(name), dict(zip(KEYWORDS, KEYWORDS, strict=True))):
        found["schema"] = schema
    service, operation, member = _operation(name)
    for listed in _members(service, operation, member) if service else ():
        is_element = name.endswith(".*") and "member" in listed
        shape = _service(service)["shapes"][listed["member"]["shape"]] if is_element else listed
        if api := _picked(shape, API_KEYWORDS):
            is_text = shape["type"] in ("string", "list")
            renamed = {"minimum": "minLength", "maximum": "maxLength"} if is_text else {}
            found["api"] = {renamed.get(key, key): value for key, value in api.items()}
            found["operation"] = f"{service}.{operation}"
            break
    return found


def _picked(schema: Mapping[str, Any], names: Mapping[str, str]) -> dict[str, Any]:
    found = {target: schema[name] for name, target in names.items() if name in schema}
    if len(found.get("enum", ())) > MAXIMUM_CHOICES:
        found["enum"] = [*found["enum"][:MAXIMUM_CHOICES], "…"]
    return found


def _operation(name: str) -> tuple[str, str, str]:
    kind, _, path = name.partition(".")
    if name in OTHERS:
        return OTHERS[name]
    return (*OPERATIONS.get(kind, ("", "")), path.replace(".*", "").rpartition(".")[2])


def _schema(name: str) -> Mapping[str, Any]:
    kind, _, path = name.partition(".")
    try:
        document = PROVIDER_SCHEMA_MANAGER.get_resource_schema(REGION, f"AWS::{kind}").schema
    except ResourceNotFoundError:  # a custom resource
        return {}
    node: Any = document
    for step in path.split("."):
        node = _resolved(document, node)
        inner = node.get("items", {}) if step == "*" else node.get("properties", {}).get(step)
        if inner is None:
            return {}
        node = inner
    return _resolved(document, node)


def _resolved(document: Mapping[str, Any], node: Any) -> Any:
    while "$ref" in node:
        target: Any = document
        for step in node["$ref"].removeprefix("#/").split("/"):
            target = target[step]
        node = target
    return node


@cache
def _service(service: str) -> Any:
    folder = max((PACKAGES / "botocore" / "data" / service).iterdir())
    return json.loads(gzip.decompress((folder / "service-2.json.gz").read_bytes()))


def _members(service: str, operation: str, member: str) -> Iterator[Mapping[str, Any]]:
    """Yield the shapes of members with a name, anywhere in an operation's input."""
    content = _service(service)
    seen: set[str] = set()
    waiting = [content["operations"][operation]["input"]["shape"]]
    while waiting:
        name = waiting.pop(0)
        if name in seen:
            continue
        seen.add(name)
        shape = content["shapes"][name]
        for key, inner in shape.get("members", {}).items():
            if key.lower() == member.lower():
                yield content["shapes"][inner["shape"]]
            waiting.append(inner["shape"])
        if "member" in shape:
            waiting.append(shape["member"]["shape"])
