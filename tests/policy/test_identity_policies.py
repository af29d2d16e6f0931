from __future__ import annotations

from typing import Any

from catalog_platform.policy.assembly import Resource
from catalog_platform.policy.identity_policies import attached_roles, identity_statements
from catalog_platform.policy.scanned_stack import ScannedStack

ALLOW = {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"}
DOCUMENT = {"Statement": [ALLOW, {**ALLOW, "Effect": "Deny"}]}


def resource(logical_id: str, type: str, **properties: Any) -> Resource:  # noqa: A002
    return Resource(logical_id=logical_id, type=type, path="", attributes={}, properties=properties)


def stack(checked: Resource, *others: Resource) -> ScannedStack:
    return ScannedStack(checked, {each.logical_id: each for each in (checked, *others)})


def test_the_allowing_statements_of_a_policy_are_found() -> None:
    policy = resource("P", "AWS::IAM::Policy", PolicyDocument=DOCUMENT)
    found = identity_statements(policy.properties, stack(policy))
    assert [each.path for each in found] == ["Properties/PolicyDocument/Statement/[0]"]


def test_those_of_inline_policies_are_found() -> None:
    inline = [{"PolicyName": "a", "PolicyDocument": DOCUMENT}]
    role = resource("R", "AWS::IAM::Role", Policies=inline)
    found = identity_statements(role.properties, stack(role))
    assert [each.path for each in found] == ["Properties/Policies/[0]/PolicyDocument/Statement/[0]"]


def test_a_policy_is_attached_to_roles_from_both_sides() -> None:
    role = resource("R", "AWS::IAM::Role", ManagedPolicyArns=[{"Ref": "Managed"}])
    policy = resource("P", "AWS::IAM::Policy", Roles=[{"Ref": "R"}])
    managed = resource("Managed", "AWS::IAM::ManagedPolicy")
    own = resource("Own", "AWS::IAM::RolePolicy", RoleName={"Ref": "R"})
    everything = (role, policy, managed, own)
    for each in everything:
        assert attached_roles(each.properties, stack(each, *everything)) == {"R"}
    other = resource("Other", "AWS::IAM::Policy", Roles=["elsewhere"])
    assert attached_roles(other.properties, stack(other, *everything)) == frozenset()
