from __future__ import annotations

import json

import pytest

from catalog_platform.policy.assembly import Resource
from catalog_platform.policy.scanned_stack import ScannedStack
from catalog_platform.policy.statements import Principal, Statement, statements

OWN = "111111111111"
BUCKET = Resource(logical_id="B", type="T", path="", attributes={}, account=OWN, region="eu-west-1")
STACK = ScannedStack(BUCKET, {"B": BUCKET})
ALLOW = {"Effect": "Allow", "Principal": {"AWS": OWN}, "Action": "s3:Get*", "Resource": "*"}
NOTHING = {"Ref": "AWS::NoValue"}


def read(document: object) -> tuple[Statement, ...]:
    return statements(document, "P", STACK)


def only(statement: object) -> Statement:
    (found,) = read({"Statement": [statement]})
    return found


def either(value: object, other: object) -> dict[str, object]:
    return {"Fn::If": ["IsLarge", value, other]}


def test_a_statement_has_its_parts_and_its_path() -> None:
    found = only({**ALLOW, "Condition": {"StringLike": {"aws:SourceARN": ["a", {"Ref": "B"}]}}})
    assert (found.path, found.allows) == ("P/Statement/[0]", True)
    assert found.principals == (Principal("AWS", OWN),)
    assert (found.actions, found.resources) == (("s3:get*",), ("*",))
    (condition,) = found.conditions
    assert (condition.operator, condition.key) == ("stringlike", "aws:sourcearn")
    assert condition.texts == ("a", "${B}")


@pytest.mark.parametrize(
    ("document", "paths"),
    [
        (None, []),
        ({}, []),
        ({"Statement": ALLOW}, ["P/Statement"]),
        (
            {"Statement": [ALLOW, either(ALLOW, NOTHING)]},
            ["P/Statement/[0]", "P/Statement/[1]/Fn::If/[1]"],
        ),
        (
            {"Statement": either([ALLOW], ALLOW)},
            ["P/Statement/Fn::If/[1]/[0]", "P/Statement/Fn::If/[2]"],
        ),
        (either({"Statement": ALLOW}, NOTHING), ["P/Fn::If/[1]/Statement"]),
        (json.dumps({"Statement": [ALLOW]}), ["P/Statement/[0]"]),
        ({"Fn::Sub": json.dumps({"Statement": [ALLOW]})}, ["P/Statement/[0]"]),
        ({"statement": [ALLOW]}, ["P/Statement/[0]"]),
    ],
)
def test_statements_are_found_in_each_form_of_a_document(
    document: object, paths: list[str]
) -> None:
    found = read(document)
    assert [each.path for each in found] == paths
    assert all(each.principals == (Principal("AWS", OWN),) for each in found)


@pytest.mark.parametrize(
    "document",
    [
        "no JSON",
        {"Ref": "Parameter"},
        {"Fn::Transform": {"Name": "AWS::Include"}},
        {"Statement": "text"},
        {"Statement": [{"Ref": "Parameter"}]},
        {"Statement": [{"Fn::Transform": {"Name": "AWS::Include"}}]},
    ],
)
def test_what_cannot_be_read_allows_everything_to_everyone(document: object) -> None:
    (found,) = read(document)
    assert found.allows
    assert found.principals[0].is_everyone
    assert (found.actions, found.resources, found.conditions) == (("*",), ("*",), ())


@pytest.mark.parametrize(
    ("effect", "allows"),
    [("Allow", True), ("Deny", False), (either("Deny", "Allow"), True), ({"Ref": "P"}, True)],
)
def test_only_deny_does_not_allow(effect: object, allows: bool) -> None:
    assert only({**ALLOW, "Effect": effect}).allows is allows


@pytest.mark.parametrize(
    ("principal", "expected"),
    [
        ("*", [("AWS", "*")]),
        ({"AWS": ["*", OWN]}, [("AWS", "*"), ("AWS", OWN)]),
        (
            {"Service": "a.amazonaws.com", "AWS": OWN},
            [("Service", "a.amazonaws.com"), ("AWS", OWN)],
        ),
        (
            {"AWS": {"Fn::Sub": "arn:aws:iam::${AWS::AccountId}:root"}},
            [("AWS", f"arn:aws:iam::{OWN}:root")],
        ),
        (either("*", {"AWS": OWN}), [("AWS", "*"), ("AWS", OWN)]),
        ({"AWS": either("*", OWN)}, [("AWS", "*"), ("AWS", OWN)]),
        ({"Ref": "Parameter"}, [("AWS", "${Parameter}")]),
    ],
)
def test_principals_are_found_in_each_form(principal: object, expected: list[object]) -> None:
    found = only({**ALLOW, "Principal": principal})
    assert [(each.kind, each.text) for each in found.principals] == expected


def test_in_a_denial_a_negation_means_nothing() -> None:
    found = only({"Effect": "Deny", "NotPrincipal": OWN, "NotAction": "a", "NotResource": "b"})
    assert (found.principals, found.actions, found.resources) == ((), (), ())
    assert not found.denies_action("s3:getobject")


def test_a_denial_covers_only_what_is_in_every_branch() -> None:
    denial = {**ALLOW, "Effect": "Deny"}
    assert read({"Statement": [either(denial, NOTHING)]}) == ()
    found = only({**denial, "Action": ["a:b", either("a:c", "a:d")], "Resource": either("*", "r")})
    assert (found.actions, found.resources) == (("a:b",), ())
    assert only({**denial, "Principal": either("*", OWN)}).principals == ()


@pytest.mark.parametrize(
    "condition",
    [
        either({}, NOTHING),
        {"StringEquals": either({"aws:PrincipalAccount": OWN}, NOTHING)},
        {"StringEquals": {"aws:PrincipalAccount": either(OWN, NOTHING)}},
    ],
)
def test_a_condition_that_cannot_be_read_narrows_a_denial(condition: object) -> None:
    (found,) = only({**ALLOW, "Effect": "Deny", "Condition": condition}).conditions
    assert (found.operator, found.key, found.texts) == ("", "", ())


@pytest.mark.parametrize(
    ("pattern", "action", "expected"),
    [
        ("s3:*", "s3:*", True),
        ("*", "s3:*", True),
        ("s3:Get*", "s3:getobject", True),
        ("s3:Get*", "s3:*", False),
        ("s3:?", "s3:*", False),
        ("s3:[*]", "s3:*", False),
        ("s3:GetObject", "s3:getobject", True),
    ],
)
def test_a_denial_covers_an_action_or_all_that_a_pattern_matches(
    pattern: str, action: str, expected: bool
) -> None:
    assert only({**ALLOW, "Effect": "Deny", "Action": pattern}).denies_action(action) is expected
    assert not only({**ALLOW, "Action": pattern}).denies_action(action)


@pytest.mark.parametrize(
    ("principal", "expected"),
    [
        ("*", True),
        ({"AWS": [OWN, "*"]}, True),
        ({"Service": "*"}, False),
        ({"Federated": "*", "CanonicalUser": "*"}, False),
        ({"AWS": OWN}, False),
    ],
)
def test_all_services_or_providers_are_not_everyone(principal: object, expected: bool) -> None:
    assert only({**ALLOW, "Effect": "Deny", "Principal": principal}).is_for_everyone is expected


def test_a_negation_means_everything() -> None:
    found = only({"Effect": "Allow", "NotPrincipal": OWN, "NotAction": "a", "NotResource": "b"})
    assert found.principals[0].is_everyone
    assert (found.actions, found.resources) == (("*",), ("*",))


def test_actions_are_compared_by_wildcards_and_without_case() -> None:
    found = only(ALLOW)
    assert found.allows_action("s3:putobject", "s3:getobject")
    assert not found.allows_action("s3:putobject")
    denied = only({**ALLOW, "Effect": "Deny"})
    assert denied.includes("s3:getobject")
    assert not denied.allows_action("s3:getobject")


@pytest.mark.parametrize(
    ("operator", "value", "expected"),
    [
        ("StringEquals", OWN, True),
        ("StringLike", OWN, True),
        ("ForAnyValue:StringEquals", OWN, True),
        ("ArnLike", f"arn:aws:iam::{OWN}:role/*", True),
        ("StringEquals", {"Ref": "AWS::AccountId"}, True),
        ("StringEquals", [OWN, OWN], True),
        ("StringEquals", [OWN, "222222222222"], False),
        ("StringEquals", either(OWN, "222222222222"), False),
        ("StringEquals", either(OWN, NOTHING), False),
        ("StringEquals", [], False),
        ("StringEqualsIfExists", OWN, False),
        ("ForAllValues:StringEquals", OWN, False),
        ("StringNotEquals", OWN, False),
        ("StringLike", "*", False),
        ("Bool", "true", False),
        ("Null", "false", False),
    ],
)
def test_a_condition_demands_a_value_of_this_account(
    operator: str, value: object, expected: bool
) -> None:
    found = only({**ALLOW, "Condition": {operator: {"AWS:PrincipalAccount": value}}})
    assert found.demands_own({"aws:principalaccount"}, STACK) is expected
    assert not found.demands_own({"aws:sourceaccount"}, STACK)


@pytest.mark.parametrize(
    "condition",
    [
        either({"StringEquals": {"aws:PrincipalAccount": OWN}}, NOTHING),
        {"StringEquals": either({"aws:PrincipalAccount": OWN}, NOTHING)},
    ],
)
def test_a_condition_that_can_be_missing_demands_nothing(condition: object) -> None:
    assert not only({**ALLOW, "Condition": condition}).demands_own({"aws:principalaccount"}, STACK)
