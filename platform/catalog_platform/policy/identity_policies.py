"""Find the policies of identities in a template: roles, users and groups.

https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/AWS_IAM.html
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from catalog_platform.policy.intrinsics import items
from catalog_platform.policy.scanned_stack import ScannedStack
from catalog_platform.policy.statements import Statement, statements

IDENTITIES = ("AWS::IAM::Group", "AWS::IAM::Role", "AWS::IAM::User")
POLICIES = (
    "AWS::IAM::GroupPolicy",
    "AWS::IAM::ManagedPolicy",
    "AWS::IAM::Policy",
    "AWS::IAM::RolePolicy",
    "AWS::IAM::UserPolicy",
)
TYPES = (*IDENTITIES, *POLICIES)


def identity_statements(properties: Mapping[str, Any], stack: ScannedStack) -> Iterator[Statement]:
    """Yield the statements of a resource of `TYPES` that allow: its policy, or its inline ones."""
    documents = [(properties.get("PolicyDocument"), "Properties/PolicyDocument")]
    documents += [
        (policy.get("PolicyDocument"), f"{path}/PolicyDocument")
        for path, policy in items(properties.get("Policies"), "Properties/Policies")
    ]
    for document, path in documents:
        yield from (each for each in statements(document, path, stack) if each.allows)


def attached_roles(properties: Mapping[str, Any], stack: ScannedStack) -> frozenset[str]:
    """Return the logical ids of the roles of the stack to which a policy's resource applies.

    A role is its own; a managed policy is also attached by the roles that name it.
    """
    if stack.resource.type == "AWS::IAM::Role":
        return frozenset({stack.resource.logical_id})
    named = stack.referenced([properties.get("Roles"), properties.get("RoleName")])
    naming = {
        role.logical_id
        for role in stack.of_type("AWS::IAM::Role")
        if stack.refers_here(role.properties.get("ManagedPolicyArns"))
    }
    return named | naming
