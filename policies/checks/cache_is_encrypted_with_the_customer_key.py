"""Policy: a cache is encrypted at rest with a customer-managed key."""

from __future__ import annotations

from typing import Any

from checkov.cloudformation.checks.resource.base_resource_check import BaseResourceCheck
from checkov.common.models.enums import CheckCategories, CheckResult


class CacheIsEncryptedWithTheCustomerKey(BaseResourceCheck):
    """Fail without encryption at rest and a KMS key."""

    def __init__(self) -> None:
        super().__init__(
            name="A cache is encrypted at rest with a customer-managed key",
            id="CKV_CATALOG_10",
            categories=(CheckCategories.ENCRYPTION,),
            supported_resources=(
                "AWS::ElastiCache::CacheCluster",
                "AWS::ElastiCache::ReplicationGroup",
            ),
            guideline="Use a replication group with AtRestEncryptionEnabled and KmsKeyId; a cache "
            "cluster does not support encryption at rest.",
        )

    def scan_resource_conf(self, conf: dict[str, Any]) -> CheckResult:
        """Check both properties; a cache cluster has neither, so it always fails."""
        properties = conf.get("Properties", {})
        encrypted = str(properties.get("AtRestEncryptionEnabled")).lower() == "true"
        self.evaluated_keys = [
            *([] if encrypted else ["Properties/AtRestEncryptionEnabled"]),
            *([] if properties.get("KmsKeyId") else ["Properties/KmsKeyId"]),
        ]
        return CheckResult.FAILED if self.evaluated_keys else CheckResult.PASSED


check = CacheIsEncryptedWithTheCustomerKey()
