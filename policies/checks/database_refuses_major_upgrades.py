"""Policy: a database refuses upgrades of its major version, except during one."""

from __future__ import annotations

from collections.abc import Iterator

from checkov.common.models.enums import CheckCategories

from catalog_platform.policy.assembly import Resource
from catalog_platform.policy.template_check import Resources, TemplateCheck
from catalog_platform.policy.template_values import is_false


class DatabaseRefusesMajorUpgrades(TemplateCheck):
    """Fail when upgrades of the major version are allowed."""

    def __init__(self) -> None:
        super().__init__(
            name="A database allows upgrades of its major version only during one",
            id="CKV_CATALOG_37",
            categories=(CheckCategories.BACKUP_AND_RECOVERY,),
            supported_resources=("AWS::RDS::DBCluster", "AWS::RDS::DBInstance"),
            guideline="Set database.allow_major_upgrade to false after the upgrade: RDS can't "
            "return to the earlier major version. During one, waive this policy for some days "
            "(docs/edits.md).",
        )

    def violations(self, resource: Resource, resources: Resources) -> Iterator[str]:
        """Check the property; it is unset by default."""
        value = resource.properties.get("AllowMajorVersionUpgrade")
        if value is not None and not is_false(value):
            yield "Properties/AllowMajorVersionUpgrade"


check = DatabaseRefusesMajorUpgrades()
