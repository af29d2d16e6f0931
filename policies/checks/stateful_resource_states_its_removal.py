"""What holds data says what becomes of it, on removal and on replacement alike."""

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


class StatefulResourceStatesItsRemoval(BaseResourceCheck):
    """DeletionPolicy and UpdateReplacePolicy are both there and say the same."""

    def __init__(self) -> None:
        super().__init__(
            name="A stateful resource states one and the same policy for deletion and replacement",
            id="CKV_CATALOG_1",
            categories=(CheckCategories.BACKUP_AND_RECOVERY,),
            supported_resources=STATEFUL,
            guideline="Set DeletionPolicy and UpdateReplacePolicy to the same value (in the CDK: "
            "apply a removal policy, from the manifest's on_removal).",
        )

    def scan_resource_conf(self, conf: dict[str, Any]) -> CheckResult:
        """The gate adds these attributes; checkov alone shows properties only, so this fails."""
        self.evaluated_keys = ["DeletionPolicy", "UpdateReplacePolicy"]
        deletion = conf.get("DeletionPolicy")
        # What a failed creation leaves behind is not kept; a replacement knows no such case.
        meant = "Retain" if deletion == "RetainExceptOnCreate" else deletion
        agreed = meant is not None and meant == conf.get("UpdateReplacePolicy")
        return CheckResult.PASSED if agreed else CheckResult.FAILED


check = StatefulResourceStatesItsRemoval()
