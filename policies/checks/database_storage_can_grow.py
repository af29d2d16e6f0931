"""Policy: RDS enlarges the storage of a database before it is full."""

from __future__ import annotations

from collections.abc import Iterator

from checkov.common.models.enums import CheckCategories

from catalog_platform.policy.assembly import Resource
from catalog_platform.policy.template_check import Resources, TemplateCheck
from catalog_platform.policy.template_values import number


class DatabaseStorageCanGrow(TemplateCheck):
    """Fail without a maximum above the allocated storage, also of a replica."""

    def __init__(self) -> None:
        super().__init__(
            name="The storage of a database and of its replicas can grow",
            id="CKV_CATALOG_35",
            categories=(CheckCategories.BACKUP_AND_RECOVERY,),
            supported_resources=("AWS::RDS::DBInstance",),
            guideline="Set database.maximum_storage_gib to more than database.storage_gib: an "
            "instance with full storage stops. Replicas need the maximum as well.",
        )

    def violations(self, resource: Resource, resources: Resources) -> Iterator[str]:
        """Compare the maximum with the allocated storage, which a replica inherits.

        https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_PIOPS.Autoscaling.html
        """
        maximum = number(resource.properties.get("MaxAllocatedStorage"))
        allocated = number(resource.properties.get("AllocatedStorage", 0))
        if maximum is None or allocated is None or maximum <= allocated:
            yield "Properties/MaxAllocatedStorage"


check = DatabaseStorageCanGrow()
