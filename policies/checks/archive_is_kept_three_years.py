"""Policy: the archive keeps objects for three calendar years."""

from __future__ import annotations

from typing import Any

from checkov.cloudformation.checks.resource.base_resource_check import BaseResourceCheck
from checkov.common.models.enums import CheckCategories, CheckResult

# Three calendar years including a leap day: 3 x 365 + 1.
DAYS = 1096


class ArchiveIsKeptThreeYears(BaseResourceCheck):
    """Fail when a lifecycle rule of the archive, unless disabled, expires objects too early."""

    def __init__(self) -> None:
        super().__init__(
            name=f"The archive keeps every object for at least {DAYS} days",
            id="CKV_CATALOG_5",
            categories=(CheckCategories.BACKUP_AND_RECOVERY,),
            supported_resources=("AWS::S3::Bucket",),
            guideline=f"Set archive.retention_days to {DAYS} or more: 1095 days are one day "
            "short when the period includes a leap day.",
        )

    def scan_resource_conf(self, conf: dict[str, Any]) -> CheckResult:
        """Check the buckets of the Archive section, whose logical ids begin with its name."""
        self.evaluated_keys = ["Properties/LifecycleConfiguration/Rules"]
        if not self.entity_path.rpartition(":")[2].startswith("Archive"):
            return CheckResult.PASSED
        lifecycle = conf.get("Properties", {}).get("LifecycleConfiguration", {})
        early = [rule for rule in lifecycle.get("Rules", []) if _deletes_early(rule)]
        return CheckResult.FAILED if early else CheckResult.PASSED


def _deletes_early(rule: dict[str, Any]) -> bool:
    if rule.get("Status") == "Disabled":
        return False
    days = rule.get("ExpirationInDays")
    # A date or an unresolved value cannot be compared with the minimum.
    return "ExpirationDate" in rule or (
        days is not None and not (str(days).isdecimal() and int(days) >= DAYS)
    )


check = ArchiveIsKeptThreeYears()
