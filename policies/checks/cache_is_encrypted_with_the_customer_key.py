"""The cache is encrypted at rest with the customer's key, which a plain cluster cannot be."""

from __future__ import annotations

from typing import Any

from checkov.cloudformation.checks.resource.base_resource_check import BaseResourceCheck
from checkov.common.models.enums import CheckCategories, CheckResult


class CacheIsEncryptedWithTheCustomerKey(BaseResourceCheck):
    """A replication group with encryption at rest and a key of its own."""

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
            "cluster has no encryption at rest at all.",
        )

    def scan_resource_conf(self, conf: dict[str, Any]) -> CheckResult:
        """A cluster has neither property, so it fails whatever it says."""
        self.evaluated_keys = ["Properties/AtRestEncryptionEnabled", "Properties/KmsKeyId"]
        properties = conf.get("Properties", {})
        encrypted = str(properties.get("AtRestEncryptionEnabled")).lower() == "true"
        passed = encrypted and bool(properties.get("KmsKeyId"))
        return CheckResult.PASSED if passed else CheckResult.FAILED


check = CacheIsEncryptedWithTheCustomerKey()
