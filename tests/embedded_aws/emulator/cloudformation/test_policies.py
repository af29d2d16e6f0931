"""DeletionPolicy and UpdateReplacePolicy.

https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-attribute-deletionpolicy.html
"""

from __future__ import annotations

import pytest

from embedded_aws.emulator.cloudformation.policies import removal, rollback_of_creation


@pytest.mark.parametrize(
    ("policy", "expected"),
    [
        ("Delete", "delete"),
        ("Retain", "retain"),
        ("RetainExceptOnCreate", "retain"),
        ("Snapshot", "snapshot"),
    ],
)
def test_the_policy_decides_what_happens_when_a_resource_leaves(policy: str, expected: str) -> None:
    assert removal(policy) == expected


@pytest.mark.parametrize(
    ("policy", "parameter", "expected"),
    [
        ("Retain", False, "retain"),
        ("Retain", True, "delete"),
        ("RetainExceptOnCreate", False, "delete"),
        ("Delete", False, "delete"),
        ("Snapshot", False, "delete"),
    ],
)
def test_a_resource_of_a_failed_creation_is_deleted_unless_it_is_retained(
    policy: str, parameter: bool, expected: str
) -> None:
    assert rollback_of_creation(policy, retain_except_on_create=parameter) == expected
