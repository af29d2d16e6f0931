"""What happens to a resource that a stack no longer needs.

https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-attribute-deletionpolicy.html
https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-attribute-updatereplacepolicy.html
"""

from __future__ import annotations

from typing import Literal

Action = Literal["delete", "retain", "snapshot"]

RETAINING = ("Retain", "RetainExceptOnCreate")


def removal(policy: str) -> Action:
    """Return what happens when the stack is deleted, or the resource leaves it or is replaced."""
    if policy in RETAINING:
        return "retain"
    return "snapshot" if policy == "Snapshot" else "delete"


def rollback_of_creation(policy: str, *, retain_except_on_create: bool) -> Action:
    """Return what happens to a resource when the operation that created it is rolled back.

    `retain_except_on_create` is the parameter of the operation, which overrules `Retain`:
    https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_CreateStack.html
    """
    return "retain" if policy == "Retain" and not retain_except_on_create else "delete"
