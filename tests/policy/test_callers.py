from __future__ import annotations

import pytest

from catalog_platform.policy.assembly import Resource
from catalog_platform.policy.callers import is_of_this_account
from catalog_platform.policy.scanned_stack import ScannedStack
from catalog_platform.policy.statements import statements

OWN, OTHER = "111111111111", "222222222222"
QUEUE = Resource(logical_id="Q", type="T", path="", attributes={}, account=OWN, region="eu-west-1")
STACK = ScannedStack(QUEUE, {"Q": QUEUE})
OWN_SOURCE = {"StringEquals": {"aws:SourceAccount": OWN}}
OWN_CALLER = {"StringEquals": {"aws:PrincipalAccount": OWN}}
LOGS = {"ArnLike": {"kms:EncryptionContext:aws:logs:arn": f"arn:aws:logs:eu-west-1:{OWN}:*"}}


def admits_only_this_account(principal: object, condition: object = None) -> bool:
    content = {"Effect": "Allow", "Principal": principal, "Action": "*", "Condition": condition}
    (statement,) = statements({"Statement": content}, "", STACK)
    return is_of_this_account(statement, STACK)


@pytest.mark.parametrize(
    ("principal", "condition"),
    [
        ({"AWS": OWN}, None),
        ({"AWS": f"arn:aws:iam::{OWN}:role/x"}, None),
        ("*", OWN_CALLER),
        ("*", {"StringEquals": {"kms:CallerAccount": OWN}}),
        ({"Service": "sns.amazonaws.com"}, OWN_SOURCE),
        (
            {"Service": "s3.amazonaws.com"},
            {"ArnLike": {"aws:SourceArn": {"Fn::GetAtt": ["Q", "Arn"]}}},
        ),
        ({"Service": "logs.eu-west-1.amazonaws.com"}, LOGS),
    ],
)
def test_callers_are_of_this_account(principal: object, condition: object) -> None:
    assert admits_only_this_account(principal, condition)


@pytest.mark.parametrize(
    ("principal", "condition"),
    [
        ("*", None),
        ("*", OWN_SOURCE),
        ({"AWS": OTHER}, OWN_CALLER),
        ({"AWS": [OWN, OTHER]}, None),
        ({"Service": "sns.amazonaws.com"}, None),
        ({"Service": "sns.amazonaws.com"}, OWN_CALLER),
        ({"Service": "*"}, None),
        ({"Federated": "accounts.google.com"}, None),
        # Every caller can set an encryption context.
        ("*", LOGS),
        (None, None),
    ],
)
def test_callers_can_be_of_another_account(principal: object, condition: object) -> None:
    assert not admits_only_this_account(principal, condition)
