"""Rules of KMS. Its schema has no create-only properties: an update fails instead."""

from __future__ import annotations

from catalog_platform.aws.refused_updates.model import Rule
from catalog_platform.aws.refused_updates.update import ResourceUpdate

# The fixed properties of a key, and their values when they are unset.
DEFAULTS = {
    "KeySpec": "SYMMETRIC_DEFAULT",
    "KeyUsage": "ENCRYPT_DECRYPT",
    "MultiRegion": False,
    "Origin": "AWS_KMS",
}


def _rule(name: str, default: object) -> Rule:
    def changes(update: ResourceUpdate) -> bool:
        old, new = update.before(name), update.after(name)
        return (default if old is None else old) != (default if new is None else new)

    return Rule(
        type="AWS::KMS::Key",
        property=name,
        reason="KMS sets it when it creates a key, and can't change it",
        source="https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-kms-key.html",
        refuses=changes,
    )


RULES = tuple(_rule(name, default) for name, default in DEFAULTS.items())
