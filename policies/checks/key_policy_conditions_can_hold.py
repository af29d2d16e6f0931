"""Policy: a key's statements for services have conditions that the services can meet."""

from __future__ import annotations

from collections.abc import Iterator

from checkov.common.models.enums import CheckCategories

from catalog_platform.policy.assembly import Resource
from catalog_platform.policy.scanned_stack import ScannedStack
from catalog_platform.policy.statements import Statement, statements
from catalog_platform.policy.template_check import Resources, TemplateCheck

CONTEXT = "kms:encryptioncontext"
# Only these operations have an encryption context.
# https://docs.aws.amazon.com/kms/latest/developerguide/encrypt_context.html
WITH_CONTEXT = (
    "kms:creategrant",
    "kms:decrypt",
    "kms:encrypt",
    "kms:generatedatakey",
    "kms:reencrypt",
)
TRAIL = "cloudtrail.amazonaws.com"
# https://docs.aws.amazon.com/awscloudtrail/latest/userguide/create-kms-key-policy-for-cloudtrail.html
NEEDED_BY_TRAIL = ("kms:describekey", "kms:generatedatakey")


class KeyPolicyConditionsCanHold(TemplateCheck):
    """Fail for an encryption context that an action never has, and for a trail without access."""

    def __init__(self) -> None:
        super().__init__(
            name="A key's policy lets the services use it that the stack encrypts with it",
            id="CKV_CATALOG_30",
            categories=(CheckCategories.ENCRYPTION,),
            supported_resources=("AWS::KMS::Key",),
            guideline="Put kms:DescribeKey into a statement without a condition on the encryption "
            "context, and allow CloudTrail kms:GenerateDataKey* if a trail uses the key.",
        )

    def violations(self, resource: Resource, resources: Resources) -> Iterator[str]:
        """Yield statements that never hold, and the policy if the trail has no access."""
        properties, stack = resource.properties, ScannedStack(resource, resources)
        path = "Properties/KeyPolicy"
        allowed = [
            each for each in statements(properties.get("KeyPolicy"), path, stack) if each.allows
        ]
        for statement in allowed:
            if _has_context(statement) and not all(
                action.startswith(WITH_CONTEXT) for action in statement.actions
            ):
                yield statement.path
        trails = stack.of_type("AWS::CloudTrail::Trail")
        if any(stack.refers_here(trail.properties.get("KMSKeyId")) for trail in trails):
            own = [each for each in allowed if _is_for_trail(each)]
            for action in NEEDED_BY_TRAIL:
                context = action in WITH_CONTEXT
                if not any(
                    each.allows_action(action) and (context or not _has_context(each))
                    for each in own
                ):
                    yield path


def _has_context(statement: Statement) -> bool:
    return any(each.key.startswith(CONTEXT) for each in statement.conditions)


def _is_for_trail(statement: Statement) -> bool:
    return any((each.kind, each.text) == ("Service", TRAIL) for each in statement.principals)


check = KeyPolicyConditionsCanHold()
