"""Policy: S3 refuses to delete an archived object during its retention."""

from __future__ import annotations

from collections.abc import Iterator

from checkov.common.models.enums import CheckCategories

from catalog_platform.policy.assembly import Resource
from catalog_platform.policy.template_check import Resources, TemplateCheck
from catalog_platform.policy.template_values import at, at_least, is_true

# Three calendar years including a leap day: 3 x 365 + 1.
DAYS = 1096
RETENTION = "ObjectLockConfiguration/Rule/DefaultRetention"


class ArchiveIsLocked(TemplateCheck):
    """Fail without Object Lock, or when its default retention is shorter than three years."""

    def __init__(self) -> None:
        super().__init__(
            name=f"Object Lock protects every archived object for at least {DAYS} days",
            id="CKV_CATALOG_41",
            categories=(CheckCategories.BACKUP_AND_RECOVERY,),
            supported_resources=("AWS::S3::Bucket",),
            guideline="Set archive.object_lock to governance or compliance, and "
            f"archive.retention_days to {DAYS} or more.",
        )

    def violations(self, resource: Resource, resources: Resources) -> Iterator[str]:
        """Check the buckets of the Archive section, whose logical ids begin with its name.

        https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-lock.html
        """
        if not resource.logical_id.startswith("Archive"):
            return
        properties = resource.properties
        if not is_true(properties.get("ObjectLockEnabled")):
            yield "Properties/ObjectLockEnabled"
        if at(properties, "ObjectLockConfiguration/ObjectLockEnabled") != "Enabled":
            yield "Properties/ObjectLockConfiguration/ObjectLockEnabled"
        if at(properties, f"{RETENTION}/Mode") not in ("GOVERNANCE", "COMPLIANCE"):
            yield f"Properties/{RETENTION}/Mode"
        # A retention has either days or years; a year of Object Lock has 365 days.
        long = at_least(at(properties, f"{RETENTION}/Days"), DAYS)
        if not long and not at_least(at(properties, f"{RETENTION}/Years"), -(-DAYS // 365)):
            yield f"Properties/{RETENTION}"


check = ArchiveIsLocked()
