"""Policy: only a change of the manifest upgrades a database."""

from __future__ import annotations

from collections.abc import Iterator

from checkov.common.models.enums import CheckCategories

from catalog_platform.policy.assembly import Resource
from catalog_platform.policy.template_check import Resources, TemplateCheck
from catalog_platform.policy.template_values import is_false


class DatabaseVersionIsPinned(TemplateCheck):
    """Fail unless automatic upgrades of the minor version are off; RDS's default is on."""

    def __init__(self) -> None:
        super().__init__(
            name="A database has no automatic upgrades of its minor version",
            id="CKV_CATALOG_36",
            categories=(CheckCategories.BACKUP_AND_RECOVERY,),
            supported_resources=("AWS::RDS::DBInstance",),
            guideline="Set AutoMinorVersionUpgrade to false: after an automatic upgrade, the "
            "version of the template is a downgrade, which RDS refuses. Upgrade with "
            "database.engine_version.",
        )

    def violations(self, resource: Resource, resources: Resources) -> Iterator[str]:
        """Check instances and replicas.

        https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_UpgradeDBInstance.Upgrading.html
        """
        if not is_false(resource.properties.get("AutoMinorVersionUpgrade")):
            yield "Properties/AutoMinorVersionUpgrade"


check = DatabaseVersionIsPinned()
