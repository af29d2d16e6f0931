"""Policy: a database can be restored to any time of the last week."""

from __future__ import annotations

from collections.abc import Iterator

from checkov.common.models.enums import CheckCategories

from catalog_platform.policy.assembly import Resource
from catalog_platform.policy.template_check import Resources, TemplateCheck
from catalog_platform.policy.template_values import at_least, is_false, is_true

DAYS = 7


class DatabaseKeepsBackups(TemplateCheck):
    """Fail when automated backups are off, too short or deleted with the instance."""

    def __init__(self) -> None:
        super().__init__(
            name=f"A database keeps its automated backups for at least {DAYS} days",
            id="CKV_CATALOG_33",
            categories=(CheckCategories.BACKUP_AND_RECOVERY,),
            supported_resources=("AWS::RDS::DBInstance",),
            guideline=f"Set database.backup_retention_days to {DAYS} or more, and "
            "database.on_removal to snapshot: then DeleteAutomatedBackups is false and a deleted "
            "instance can be restored. Snapshots copy the tags.",
        )

    def violations(self, resource: Resource, resources: Resources) -> Iterator[str]:
        """Check an instance that is no replica; RDS's defaults are one day and deletion.

        https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_WorkingWithAutomatedBackups.BackupRetention.html
        """
        properties = resource.properties
        if "SourceDBInstanceIdentifier" in properties:
            return
        if not at_least(properties.get("BackupRetentionPeriod"), DAYS):
            yield "Properties/BackupRetentionPeriod"
        if not is_false(properties.get("DeleteAutomatedBackups")):
            yield "Properties/DeleteAutomatedBackups"
        if not is_true(properties.get("CopyTagsToSnapshot")):
            yield "Properties/CopyTagsToSnapshot"


check = DatabaseKeepsBackups()
