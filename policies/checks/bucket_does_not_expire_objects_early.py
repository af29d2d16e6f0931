"""Policy: a bucket keeps objects, and replaced or deleted ones, until someone notices."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from checkov.common.models.enums import CheckCategories

from catalog_platform.policy.assembly import Resource
from catalog_platform.policy.log_targets import receives_logs
from catalog_platform.policy.template_check import Resources, TemplateCheck
from catalog_platform.policy.template_values import at, at_least, items

# A dead letter waits at most 14 days in its queue, and then is still to be handled.
DAYS = 30
# Auditors ask for a year.
DAYS_OF_LOGS = 365
# The time to notice a wrong deletion.
DAYS_OF_VERSIONS = 7
DAYS_OF_ARCHIVED_VERSIONS = 30


class BucketDoesNotExpireObjectsEarly(TemplateCheck):
    """Fail when an enabled lifecycle rule deletes objects or old versions too early."""

    def __init__(self) -> None:
        super().__init__(
            name="A bucket keeps objects, logs and old versions long enough",
            id="CKV_CATALOG_43",
            categories=(CheckCategories.BACKUP_AND_RECOVERY,),
            supported_resources=("AWS::S3::Bucket",),
            guideline=f"Keep objects for at least {DAYS} days, logs for {DAYS_OF_LOGS} "
            f"(audit.retention_days), old versions for {DAYS_OF_VERSIONS}, and those of the "
            f"archive for {DAYS_OF_ARCHIVED_VERSIONS} (archive.noncurrent_retention_days).",
        )

    def violations(self, resource: Resource, resources: Resources) -> Iterator[str]:
        """Check every rule that isn't literally disabled.

        https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-properties-s3-bucket-rule.html
        """
        kept = DAYS_OF_LOGS if receives_logs(resource, resources) else DAYS
        archived = resource.logical_id.startswith("Archive")
        versions = DAYS_OF_ARCHIVED_VERSIONS if archived else DAYS_OF_VERSIONS
        for index, rule in enumerate(
            items(at(resource.properties, "LifecycleConfiguration/Rules"))
        ):
            if not isinstance(rule, dict) or rule.get("Status") == "Disabled":
                continue
            for key in _early(rule, kept, versions):
                yield f"Properties/LifecycleConfiguration/Rules/[{index}]/{key}"


def _early(rule: dict[str, Any], kept: int, versions: int) -> Iterator[str]:
    if "ExpirationDate" in rule:
        # From this day on, S3 deletes every object, however young.
        yield "ExpirationDate"
    if "ExpirationInDays" in rule and not at_least(rule["ExpirationInDays"], kept):
        yield "ExpirationInDays"
    old = rule.get("NoncurrentVersionExpiration")
    if old is not None and not at_least(at(old, "NoncurrentDays"), versions):
        yield "NoncurrentVersionExpiration"
    days = "NoncurrentVersionExpirationInDays"
    if days in rule and not at_least(rule[days], versions):
        yield days


check = BucketDoesNotExpireObjectsEarly()
