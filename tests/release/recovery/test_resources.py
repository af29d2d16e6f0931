from __future__ import annotations

import pytest

from catalog_platform.aws.stack_status import StackStatus
from catalog_platform.errors import PlatformError
from catalog_platform.release.recovery import resources
from support.stubbed import STACK_ID, StubbedSession

STACK = StackStatus("catalog-prod", STACK_ID, "DELETE_FAILED")
BUCKET = "AWS::S3::Bucket"


def read(*rows: str, **template: object) -> dict[str, resources.StackResource]:
    with StubbedSession("cloudformation") as session:
        session.resources(*rows)
        if template:
            session.template(**template)
        return {each.logical_id: each for each in resources.read(session, STACK)}


def test_what_is_gone_is_left_out_and_what_has_left_the_stack_is_not() -> None:
    found = read(
        f"Gone DELETE_COMPLETE a {BUCKET}",
        f"Left DELETE_SKIPPED b {BUCKET}",
        f"Here DELETE_FAILED c {BUCKET} not empty",
        Here={"Type": BUCKET},
    )
    assert {name: each.is_left for name, each in found.items()} == {"Left": True, "Here": False}
    assert found["Here"].reason == "not empty"


def test_the_template_decides_what_a_deletion_does() -> None:
    kinds = {"Bucket": BUCKET, "Kept": BUCKET, "New": BUCKET, "Database": "AWS::RDS::DBInstance"}
    found = read(
        *(f"{name} CREATE_COMPLETE x {kind}" for name, kind in kinds.items()),
        "Other CREATE_COMPLETE x AWS::SQS::Queue",
        Kept={"DeletionPolicy": "Retain"},
        New={"DeletionPolicy": "RetainExceptOnCreate"},
    )
    assert [found[name].is_retained for name in kinds] == [False, True, True, False]
    assert (found["Other"].policy, found["Database"].policy) == ("Delete", "Snapshot")


def test_only_a_name_of_a_retained_resource_that_the_template_states_is_imported() -> None:
    kind = "AWS::Logs::LogGroup"
    keep = {"DeletionPolicy": "RetainExceptOnCreate"}
    found = read(
        *(f"{name} CREATE_COMPLETE x {kind}" for name in ("Literal", "Joined", "None", "Deleted")),
        f"Bucket CREATE_COMPLETE x {BUCKET}",
        Literal={**keep, "Properties": {"LogGroupName": "/a"}},
        Joined={**keep, "Properties": {"LogGroupName": {"Fn::Sub": "/a/${Bucket}"}}},
        Deleted={"DeletionPolicy": "Delete", "Properties": {"LogGroupName": "/a"}},
        Bucket={**keep, "Properties": {"LogGroupName": "/a"}},
    )
    assert [name for name, each in found.items() if each.imported] == ["Literal"]


def test_what_a_resource_refers_to_is_found_through_all_references() -> None:
    found = read(
        *(f"{name} CREATE_COMPLETE x {BUCKET}" for name in "ABCDEF"),
        A={"Properties": {"Key": {"Fn::GetAtt": ["B", "Arn"]}}, "DependsOn": "C"},
        B={
            "Properties": {
                "Text": {"Fn::Join": ["", ["x", {"Fn::Sub": "${D.Arn} ${AWS::Region}"}]]}
            }
        },
        C={"Properties": {"Text": {"Fn::Sub": ["${E}", {"X": {"Ref": "AWS::Partition"}}]}}},
        D={"DependsOn": ["A"]},
        E={},
        F={"Properties": {"Key": {"Ref": "A"}}},
    )
    assert resources.with_needs(found.values(), ["A"]) == set("ABCDE")
    assert resources.with_needs(found.values(), []) == set()


def test_a_template_that_the_cdk_has_sent_as_yaml_is_read() -> None:
    with StubbedSession("cloudformation") as session:
        session.resources(f"Kept CREATE_COMPLETE x {BUCKET}")
        body = "Resources:\n  Kept:\n    DeletionPolicy: RetainExceptOnCreate\n"
        session.answer("cloudformation", "get_template", {"TemplateBody": body})
        (found,) = resources.read(session, STACK)
    assert found.is_retained


def test_a_template_that_cannot_be_read_is_an_error_because_its_policies_are_unknown() -> None:
    with StubbedSession("cloudformation") as session:
        session.resources(f"Kept CREATE_COMPLETE x {BUCKET}")
        body = "Resources:\n  Kept: !Sub a\n"
        session.answer("cloudformation", "get_template", {"TemplateBody": body})
        with pytest.raises(PlatformError, match="line 2 of its template"):
            resources.read(session, STACK)
