"""Policy: a key can be recovered for 30 days, and its material changes every year."""

from __future__ import annotations

from collections.abc import Iterator

from checkov.common.models.enums import CheckCategories

from catalog_platform.policy.assembly import Resource
from catalog_platform.policy.template_check import Resources, TemplateCheck
from catalog_platform.policy.template_values import at_least, is_false, number

# The maximum of KMS, and its default.
WINDOW_DAYS = 30
ROTATION_DAYS = 365


class KeyIsDeletedSlowly(TemplateCheck):
    """Fail for a shorter waiting period, a rarer rotation, or a key that can become unusable."""

    def __init__(self) -> None:
        super().__init__(
            name=f"A key stays usable, is deleted after {WINDOW_DAYS} days and rotated each year",
            id="CKV_CATALOG_48",
            categories=(CheckCategories.ENCRYPTION,),
            supported_resources=("AWS::KMS::Key",),
            guideline=f"Set encryption.deletion_window_days to {WINDOW_DAYS}: until then the "
            "deletion can be cancelled, later everything that the key encrypted is lost. Set "
            f"encryption.rotation_days to {ROTATION_DAYS} or less. Imported key material can "
            "expire, and a policy without the lockout check can exclude every administrator.",
        )

    def violations(self, resource: Resource, resources: Resources) -> Iterator[str]:
        """Check both periods, and what can make the key unusable. CKV_AWS_7 reports no rotation.

        https://docs.aws.amazon.com/kms/latest/developerguide/deleting-keys.html
        """
        properties = resource.properties
        if not at_least(properties.get("PendingWindowInDays", WINDOW_DAYS), WINDOW_DAYS):
            yield "Properties/PendingWindowInDays"
        days = number(properties.get("RotationPeriodInDays", ROTATION_DAYS))
        if days is None or days > ROTATION_DAYS:
            yield "Properties/RotationPeriodInDays"
        if properties.get("Origin", "AWS_KMS") != "AWS_KMS":
            yield "Properties/Origin"
        bypass = properties.get("BypassPolicyLockoutSafetyCheck")
        if bypass is not None and not is_false(bypass):
            yield "Properties/BypassPolicyLockoutSafetyCheck"


check = KeyIsDeletedSlowly()
