"""Policy: AWS Backup keeps copies of database and archive."""

from __future__ import annotations

from collections.abc import Iterator

from checkov.common.models.enums import CheckCategories

from catalog_platform.policy.assembly import Resource
from catalog_platform.policy.template_check import Resources, TemplateCheck, created
from catalog_platform.policy.template_values import at, items, reference, references
from catalog_platform.policy.used_stores import holds_data

PLAN = "AWS::Backup::BackupPlan"
SELECTION = "AWS::Backup::BackupSelection"
EXCLUSIONS = ("Conditions", "NotResources")


class StoreIsBackedUp(TemplateCheck):
    """Fail for a database or archive that no selection of a backup plan names."""

    connected = frozenset({SELECTION})

    def __init__(self) -> None:
        super().__init__(
            name="The database and the archive are in a backup plan",
            id="CKV_CATALOG_51",
            categories=(CheckCategories.BACKUP_AND_RECOVERY,),
            supported_resources=("AWS::RDS::DBInstance", "AWS::S3::Bucket"),
            guideline="Set backup.enabled to true: the copies outlive a deletion of the database, "
            "of its automated backups and of the archive's objects.",
        )

    def violations(self, resource: Resource, resources: Resources) -> Iterator[str]:
        """Check instances that are no replica, and the archive, if they hold data.

        The logical ids of the Archive section begin with its name.
        """
        if resource.type == "AWS::S3::Bucket":
            subject = resource.logical_id.startswith("Archive")
        else:
            subject = "SourceDBInstanceIdentifier" not in resource.properties
        subject = subject and holds_data(resource, resources)
        if subject and resource.logical_id not in _selected(resources):
            yield "BackupSelection"


def _selected(resources: Resources) -> set[str]:
    """Return the resources of all selections that belong to a plan and exclude nothing."""
    plans = {each.logical_id for each in created(resources, PLAN)}
    return {
        name
        for each in created(resources, SELECTION)
        if reference(each.properties.get("BackupPlanId")) in plans
        if _can_be_assumed(at(each.properties, "BackupSelection/IamRoleArn"), resources)
        for selection in [each.properties.get("BackupSelection")]
        if not any(at(selection, exclusion) for exclusion in EXCLUSIONS)
        for selected in items(at(selection, "Resources"))
        for name in references(selected)
    }


def _can_be_assumed(role: object, resources: Resources) -> bool:
    """Return whether AWS Backup can assume a role of the stack; others are assumed to be right."""
    found = resources.get(reference(role))
    trust = found.properties.get("AssumeRolePolicyDocument") if found else "backup.amazonaws.com"
    return "backup.amazonaws.com" in str(trust)


check = StoreIsBackedUp()
