"""Policy: a versioned bucket expires old versions and incomplete uploads."""

from __future__ import annotations

from typing import Any

from checkov.cloudformation.checks.resource.base_resource_check import BaseResourceCheck
from checkov.common.models.enums import CheckCategories, CheckResult


class VersionedBucketExpiresOldVersions(BaseResourceCheck):
    """Fail without lifecycle rules for noncurrent versions and incomplete uploads."""

    def __init__(self) -> None:
        super().__init__(
            name="A versioned bucket expires old versions and incomplete uploads",
            id="CKV_CATALOG_18",
            categories=(CheckCategories.GENERAL_SECURITY,),
            supported_resources=("AWS::S3::Bucket",),
            guideline="Add NoncurrentVersionExpiration and AbortIncompleteMultipartUpload: in a "
            "versioned bucket, an expiration only adds delete markers.",
        )

    def scan_resource_conf(self, conf: dict[str, Any]) -> CheckResult:
        """Check the enabled lifecycle rules of a versioned bucket.

        https://docs.aws.amazon.com/AmazonS3/latest/userguide/intro-lifecycle-rules.html
        """
        properties = conf.get("Properties", {})
        if properties.get("VersioningConfiguration", {}).get("Status") != "Enabled":
            return CheckResult.PASSED
        rules = properties.get("LifecycleConfiguration", {}).get("Rules", [])
        enabled = [rule for rule in rules if rule.get("Status") == "Enabled"]
        expires = any("NoncurrentVersionExpiration" in rule for rule in enabled)
        aborts = any("AbortIncompleteMultipartUpload" in rule for rule in enabled)
        if expires and aborts:
            return CheckResult.PASSED
        self.evaluated_keys = ["Properties/LifecycleConfiguration/Rules"]
        return CheckResult.FAILED


check = VersionedBucketExpiresOldVersions()
