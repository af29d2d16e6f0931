"""Refuse to create a resource of a template under a name that is taken.

The emulator's CloudFormation overwrites most resources that exist. AWS refuses them, for example
what an earlier stack has retained.
https://docs.aws.amazon.com/cloudformation-cli/latest/userguide/resource-type-test-contract-errors.html
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

from ministack.core.responses import get_account_id, get_region
from ministack.services import (
    backup,
    cloudwatch,
    cloudwatch_logs,
    iam,
    kinesis,
    kms,
    lambda_svc,
    rds,
    secretsmanager,
    sns,
    sqs,
)
from ministack.services.cloudformation import provisioners

from embedded_aws.emulator.handlers import Created, Properties

# The property with the name, and whether a resource has it, by resource type. Types that the
# emulator or the API rules check themselves are not listed.
TYPES: Mapping[str, tuple[str, Callable[[str], bool]]] = {
    "AWS::Backup::BackupVault": ("BackupVaultName", lambda name: name in backup._vaults),
    "AWS::CloudWatch::Alarm": ("AlarmName", lambda name: name in cloudwatch._alarms),
    "AWS::CloudWatch::CompositeAlarm": (
        "AlarmName",
        lambda name: name in cloudwatch._alarms or name in cloudwatch._composite_alarms,
    ),
    "AWS::CloudWatch::Dashboard": ("DashboardName", lambda name: name in cloudwatch._dashboards),
    "AWS::IAM::Role": ("RoleName", lambda name: name in iam._roles),
    "AWS::KMS::Alias": ("AliasName", lambda name: kms._alias_arn(name) in kms._aliases),
    "AWS::Kinesis::Stream": ("Name", lambda name: name in kinesis._streams),
    "AWS::Lambda::Function": ("FunctionName", lambda name: name in lambda_svc._functions),
    "AWS::Logs::LogGroup": ("LogGroupName", lambda name: name in cloudwatch_logs._log_groups),
    "AWS::RDS::DBProxy": ("DBProxyName", lambda name: name in rds._db_proxies),
    "AWS::SNS::Topic": (
        "TopicName",
        lambda name: f"arn:aws:sns:{get_region()}:{get_account_id()}:{name}" in sns._topics,
    ),
    "AWS::SQS::Queue": (
        "QueueName",
        lambda name: any(queue["name"] == name for queue in sqs._queues.values()),
    ),
    "AWS::SecretsManager::Secret": ("Name", lambda name: name in secretsmanager._secrets),
}


def install() -> None:
    """Wrap the handlers that create resources; call it after all others."""
    for resource_type, (name, is_taken) in TYPES.items():
        handler = provisioners._RESOURCE_HANDLERS[resource_type]
        handler["create"] = _refusing(resource_type, name, is_taken, handler["create"])


def _refusing(
    resource_type: str, property_name: str, is_taken: Callable[[str], bool], original: Any
) -> Any:
    def create(logical: str, properties: Properties, stack: str) -> Created:
        name = properties.get(property_name)
        if name and is_taken(name):
            identifier = json.dumps({f"/properties/{property_name}": name}, separators=(",", ":"))
            raise ValueError(
                f"Resource of type '{resource_type}' with identifier '{identifier}' already exists."
                " (HandlerErrorCode: AlreadyExists)"
            )
        created: Created = original(logical, properties, stack)
        return created

    return create
