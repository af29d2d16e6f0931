"""Policy: a stateful resource has the same policy for deletion and replacement."""

from __future__ import annotations

from typing import Any

from checkov.cloudformation.checks.resource.base_resource_check import BaseResourceCheck
from checkov.common.models.enums import CheckCategories, CheckResult

STATEFUL = (
    "AWS::DynamoDB::Table",
    "AWS::ElastiCache::ReplicationGroup",
    "AWS::KMS::Key",
    "AWS::Kinesis::Stream",
    "AWS::Logs::LogGroup",
    "AWS::RDS::DBInstance",
    "AWS::S3::Bucket",
    "AWS::SQS::Queue",
    "AWS::SecretsManager::Secret",
)


class StatefulResourceHasRemovalPolicy(BaseResourceCheck):
    """Fail when DeletionPolicy and UpdateReplacePolicy are missing or differ."""

    def __init__(self) -> None:
        super().__init__(
            name="A stateful resource has the same policy for deletion and replacement",
            id="CKV_CATALOG_1",
            categories=(CheckCategories.BACKUP_AND_RECOVERY,),
            supported_resources=STATEFUL,
            guideline="Set DeletionPolicy and UpdateReplacePolicy to the same value (in the CDK: "
            "apply a removal policy, from the manifest's on_removal).",
        )

    def scan_resource_conf(self, conf: dict[str, Any]) -> CheckResult:
        """Check both attributes. `catalogctl scan` adds them; the checkov CLI does not."""
        keys = ("DeletionPolicy", "UpdateReplacePolicy")
        deletion, replacement = (conf.get(key) for key in keys)
        # RetainExceptOnCreate differs from Retain only for a failed creation.
        effective = "Retain" if deletion == "RetainExceptOnCreate" else deletion
        if effective is not None and effective == replacement:
            return CheckResult.PASSED
        # A missing attribute is the violation; if both are set, their difference is.
        self.evaluated_keys = [key for key in keys if conf.get(key) is None] or [*keys]
        return CheckResult.FAILED


check = StatefulResourceHasRemovalPolicy()
