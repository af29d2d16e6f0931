"""Policy: the account administers a key, and services can use it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from checkov.common.models.enums import CheckCategories

from catalog_platform.policy.assembly import Resource
from catalog_platform.policy.intrinsics import always
from catalog_platform.policy.scanned_stack import ScannedStack
from catalog_platform.policy.statements import Statement, statements
from catalog_platform.policy.template_check import Resources, TemplateCheck

CONTEXT = "kms:encryptioncontext"
# Only these operations have an encryption context.
# https://docs.aws.amazon.com/kms/latest/developerguide/encrypt_context.html
WITH_CONTEXT = {
    "kms:creategrant",
    "kms:decrypt",
    "kms:encrypt",
    "kms:generatedatakey",
    "kms:reencrypt",
}
# What others than the account's administrators may do with a key. A grant lets others use it.
USE = WITH_CONTEXT - {"kms:creategrant"} | {"kms:describekey"}
# https://docs.aws.amazon.com/kms/latest/developerguide/conditions-kms.html
FOR_AWS = {"aws:principalisawsservice", "kms:grantisforawsresource"}
PATH = "Properties/KeyPolicy"
# https://docs.aws.amazon.com/awscloudtrail/latest/userguide/create-kms-key-policy-for-cloudtrail.html
TRAIL = "cloudtrail.amazonaws.com"


class KeyPolicyServesTheStack(TemplateCheck):
    """Fail for other administrators, conditions that never hold, and a trail without access."""

    def __init__(self) -> None:
        super().__init__(
            name="The account administers a key, and CloudTrail can use it for a trail",
            id="CKV_CATALOG_30",
            categories=(CheckCategories.ENCRYPTION,),
            supported_resources=("AWS::KMS::Key",),
            guideline="Allow kms:* to the account only, deny kms:CreateGrant unless it is for a "
            "service, and put kms:DescribeKey into a statement without an encryption context.",
        )

    def violations(self, resource: Resource, resources: Resources) -> Iterator[str]:
        """Yield the violating statements, and the policy if it lacks one."""
        stack = ScannedStack(resource, resources)
        # Another region or a policy without administrator takes the key out of the account's hands.
        for name in ("BypassPolicyLockoutSafetyCheck", "MultiRegion"):
            if not always(resource.properties.get(name, False), False):
                yield f"Properties/{name}"
        found = statements(resource.properties.get("KeyPolicy"), PATH, stack)
        allowed = [each for each in found if each.allows]
        yield from (each.path for each in allowed if not _is_sound(each, stack))
        is_administered = any(
            each.allows_action("kms:putkeypolicy") and _is_for_account(each, stack)
            for each in allowed
        )
        limits_grants = any(map(_limits_grants, found))
        trails = stack.of_type("AWS::CloudTrail::Trail")
        is_of_trail = any(stack.refers_here(each.properties.get("KMSKeyId")) for each in trails)
        lacks_limit = bool(found) and not limits_grants
        # Without a policy, AWS's default one lets the account administer the key.
        lacks_administrator = bool(found) and not is_administered
        if lacks_administrator or (stack.is_environment and lacks_limit):
            yield PATH
        if stack.is_environment and is_of_trail:
            yield from (f"{PATH}/{action}" for action in _denied_to_trail(allowed))


def _limits_grants(statement: Statement) -> bool:
    """Return whether only services of AWS can create a grant, and only for themselves.

    `Bool` would not hold for requests without the key, so it would not refuse them.
    """
    return (
        statement.denies_action("kms:creategrant")
        and statement.is_for_everyone
        and "*" in statement.resources
        and all(
            each.operator == "boolifexists" and each.key in FOR_AWS and each.texts == ("false",)
            for each in statement.conditions
        )
    )


def _is_sound(statement: Statement, stack: ScannedStack) -> bool:
    only_uses = set(_operations(statement)) <= USE
    can_hold = not _has_context(statement) or set(_operations(statement)) <= WITH_CONTEXT
    return can_hold and (only_uses or _is_for_account(statement, stack))


def _operations(statement: Statement) -> Iterator[str]:
    return (action.rstrip("*") for action in statement.actions)


def _is_for_account(statement: Statement, stack: ScannedStack) -> bool:
    """Return whether only IAM policies of the account decide who may use a statement."""
    own = (stack.resource.account, f"arn:aws:iam::{stack.resource.account}:root")
    return {each.text for each in statement.principals} <= set(own)


def _denied_to_trail(allowed: Sequence[Statement]) -> Iterator[str]:
    """Yield the actions that CloudTrail needs and that no statement allows it."""
    own = [each for each in allowed if ("Service", TRAIL) in _principals(each)]
    if not any(each.allows_action("kms:generatedatakey") for each in own):
        yield "kms:GenerateDataKey"
    if not any(each.allows_action("kms:describekey") and not _has_context(each) for each in own):
        yield "kms:DescribeKey"


def _principals(statement: Statement) -> list[tuple[str, str]]:
    return [(each.kind, each.text) for each in statement.principals]


def _has_context(statement: Statement) -> bool:
    return any(each.key.startswith(CONTEXT) for each in statement.conditions)


check = KeyPolicyServesTheStack()
