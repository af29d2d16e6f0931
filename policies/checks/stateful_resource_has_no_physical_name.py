"""Policy: CloudFormation names stateful resources, so that they can be replaced."""

from __future__ import annotations

from typing import Any

from checkov.cloudformation.checks.resource.base_resource_check import BaseResourceCheck
from checkov.common.models.enums import CheckCategories, CheckResult

NAMES = {
    "AWS::DynamoDB::Table": "TableName",
    "AWS::ElastiCache::ReplicationGroup": "ReplicationGroupId",
    "AWS::Kinesis::Stream": "Name",
    "AWS::RDS::DBInstance": "DBInstanceIdentifier",
    "AWS::S3::Bucket": "BucketName",
    "AWS::SQS::Queue": "QueueName",
    "AWS::SecretsManager::Secret": "Name",
}


class StatefulResourceHasNoPhysicalName(BaseResourceCheck):
    """Fail when the property for a physical name is set."""

    def __init__(self) -> None:
        super().__init__(
            name="A stateful resource has no fixed physical name",
            id="CKV_CATALOG_14",
            categories=(CheckCategories.GENERAL_SECURITY,),
            supported_resources=tuple(NAMES),
            guideline="Leave the name to CloudFormation: a fixed one blocks replacement, and a "
            "retained resource blocks the next creation.",
        )

    def scan_resource_conf(self, conf: dict[str, Any]) -> CheckResult:
        """Check the name property of the resource type."""
        name = NAMES[conf["Type"]]
        self.evaluated_keys = [f"Properties/{name}"] if name in conf.get("Properties", {}) else []
        return CheckResult.FAILED if self.evaluated_keys else CheckResult.PASSED


check = StatefulResourceHasNoPhysicalName()
