"""Policy: RDS refuses to delete a database."""

from __future__ import annotations

from collections.abc import Iterator

from checkov.common.models.enums import CheckCategories

from catalog_platform.policy.assembly import Resource
from catalog_platform.policy.template_check import Resources, TemplateCheck
from catalog_platform.policy.template_values import is_true


class DatabaseRefusesDeletion(TemplateCheck):
    """Fail without deletion protection."""

    def __init__(self) -> None:
        super().__init__(
            name="A database is protected against deletion",
            id="CKV_CATALOG_34",
            categories=(CheckCategories.BACKUP_AND_RECOVERY,),
            supported_resources=("AWS::RDS::DBCluster", "AWS::RDS::DBInstance"),
            guideline="Set database.deletion_protection to true.",
        )

    def violations(self, resource: Resource, resources: Resources) -> Iterator[str]:
        """Check an instance that is no replica: one can be removed again, its source stays."""
        properties = resource.properties
        replica = "SourceDBInstanceIdentifier" in properties
        if not replica and not is_true(properties.get("DeletionProtection")):
            yield "Properties/DeletionProtection"


check = DatabaseRefusesDeletion()
