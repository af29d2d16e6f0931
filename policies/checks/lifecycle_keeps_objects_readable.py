"""Policy: lifecycle rules move objects only where reading and moving them is worth it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from checkov.common.models.enums import CheckCategories

from catalog_platform.policy.assembly import Resource
from catalog_platform.policy.template_check import Resources, TemplateCheck, created
from catalog_platform.policy.template_values import at, at_least, items, references

# S3 bills at least this size in the colder classes, and each object for its move.
SMALLEST = 128 * 1024
ARCHIVES = ("GLACIER", "DEEP_ARCHIVE")
ONE_ZONE = ("EXPRESS_ONEZONE", "ONEZONE_IA")
MOVES = (
    "Transition",
    "Transitions",
    "NoncurrentVersionTransition",
    "NoncurrentVersionTransitions",
)


class LifecycleKeepsObjectsReadable(TemplateCheck):
    """Fail for moves of small objects, to a single zone, or to where AWS Backup can't read."""

    def __init__(self) -> None:
        super().__init__(
            name="Lifecycle rules keep objects readable, in several zones, and move no small ones",
            id="CKV_CATALOG_42",
            categories=(CheckCategories.BACKUP_AND_RECOVERY,),
            supported_resources=("AWS::S3::Bucket",),
            guideline="Set archive.glacier_after_days and archive.deep_archive_after_days to null "
            "while backup.enabled is true, and leave TransitionDefaultMinimumObjectSize at "
            "all_storage_classes_128K: a small object costs more to move than it saves.",
        )

    def violations(self, resource: Resource, resources: Resources) -> Iterator[str]:
        """Check the rules that move objects or their versions.

        https://docs.aws.amazon.com/AmazonS3/latest/userguide/lifecycle-transition-general-considerations.html
        https://docs.aws.amazon.com/aws-backup/latest/devguide/s3-backups.html
        """
        lifecycle = "Properties/LifecycleConfiguration"
        configuration = resource.properties.get("LifecycleConfiguration")
        backed_up = resource.logical_id in _backed_up(resources)
        moving = [
            (index, rule)
            for index, rule in enumerate(items(at(configuration, "Rules")))
            if any(name in rule for name in MOVES) and rule.get("Status") != "Disabled"
        ]
        size = at(configuration, "TransitionDefaultMinimumObjectSize")
        if moving and size not in (None, "all_storage_classes_128K"):
            yield f"{lifecycle}/TransitionDefaultMinimumObjectSize"
        for index, rule in moving:
            # The rule's own size replaces the default.
            minimum = rule.get("ObjectSizeGreaterThan")
            if minimum is not None and not at_least(minimum, SMALLEST):
                yield f"{lifecycle}/Rules/[{index}]/ObjectSizeGreaterThan"
            for name in MOVES:
                classes = [_class(move) for move in items(rule.get(name))]
                forbidden = (*ONE_ZONE, *(ARCHIVES if backed_up else ()))
                if any(each is None or each in forbidden for each in classes):
                    yield f"{lifecycle}/Rules/[{index}]/{name}"


def _class(move: Any) -> str | None:
    """Return the storage class of a transition; None if it isn't literal."""
    found = at(move, "StorageClass")
    return found if isinstance(found, str) else None


def _backed_up(resources: Resources) -> set[str]:
    selections = created(resources, "AWS::Backup::BackupSelection")
    return {name for each in selections for name in references(each.properties)}


check = LifecycleKeepsObjectsReadable()
