from __future__ import annotations

from typing import Any
from unittest.mock import ANY

import pytest

from catalog_platform.aws.api_errors import CredentialsError, NoPermissionError
from catalog_platform.aws.preview.change_set import (
    CAPABILITIES,
    PREFIX,
    PlannedChange,
    RejectedError,
    planned_changes,
)
from catalog_platform.errors import PlatformError
from support.stubbed import ACCOUNT, STACK_ID, StubbedSession

CLOUD = "cloudformation"
STACK = "catalog-prod"
TEMPLATE = {"Resources": {"Topic": {"Type": "AWS::SNS::Topic"}}}
CREATED = {"Id": f"{STACK_ID}/set", "StackId": STACK_ID}
MODIFY = {
    "Action": "Modify",
    "LogicalResourceId": "Topic",
    "ResourceType": "AWS::SNS::Topic",
    "Replacement": "Conditional",
    "PolicyAction": "ReplaceAndRetain",
    "Scope": ["Properties"],
    "Details": [
        {"Target": {"Name": "TopicName", "RequiresRecreation": "Conditionally"}},
        {"Target": {"Name": "Tags", "RequiresRecreation": "Never"}},
    ],
}


def ask(session: StubbedSession, **options: Any) -> tuple[PlannedChange, ...]:
    values: dict[str, Any] = {"is_new": False, **options}
    return planned_changes(session, STACK, ACCOUNT, TEMPLATE, {"owner": "a"}, **values)


def is_removed(session: StubbedSession, status: str = "UPDATE_COMPLETE") -> None:
    """Queue the deletion of the change set, and the look at what is left of the stack."""
    session.answer(CLOUD, "delete_change_set", {}, **{"StackName": STACK, "ChangeSetName": ANY})
    stack = {"StackName": STACK, "StackId": STACK_ID, "StackStatus": status, "CreationTime": 0}
    session.answer(CLOUD, "describe_stacks", {"Stacks": [stack]})


def described(status: str, **values: Any) -> dict[str, Any]:
    return {"Status": status, **values}


def test_all_pages_are_read_and_the_change_set_is_deleted(session: StubbedSession) -> None:
    sent = {
        "StackName": STACK,
        "ChangeSetName": ANY,
        "ChangeSetType": "UPDATE",
        "Capabilities": CAPABILITIES,
        "Tags": [{"Key": "owner", "Value": "a"}],
        "ImportExistingResources": True,
        "Description": ANY,
        "TemplateBody": ANY,
    }
    session.answer(CLOUD, "create_change_set", CREATED, **sent)
    session.answer(CLOUD, "describe_change_set", described("CREATE_IN_PROGRESS"))
    add = {"Action": "Add", "LogicalResourceId": "Queue"}
    first = described("CREATE_COMPLETE", Changes=[{"ResourceChange": MODIFY}], NextToken="more")
    session.answer(CLOUD, "describe_change_set", first)
    session.answer(
        CLOUD,
        "describe_change_set",
        described("CREATE_COMPLETE", Changes=[{"Type": "Resource", "ResourceChange": add}]),
        **{"StackName": STACK, "ChangeSetName": ANY, "NextToken": "more"},
    )
    is_removed(session)
    modified, added = ask(session)
    assert modified == PlannedChange(
        logical_id="Topic",
        type="AWS::SNS::Topic",
        action="Modify",
        replacement="Conditional",
        policy="ReplaceAndRetain",
        scope=("Properties",),
        causes=("TopicName",),
    )
    assert (added.logical_id, added.action, added.replacement) == ("Queue", "Add", "")


def test_names_of_change_sets_are_unique_and_have_the_prefix_of_the_policy(
    session: StubbedSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    names = []
    client = session.client(CLOUD)
    create = client.create_change_set

    def record(**sent: Any) -> Any:
        names.append(sent["ChangeSetName"])
        return create(**sent)

    monkeypatch.setattr(client, "create_change_set", record)
    for _ in range(2):
        session.answer(CLOUD, "create_change_set", CREATED)
        session.answer(CLOUD, "describe_change_set", described("CREATE_COMPLETE"))
        is_removed(session)
        assert ask(session) == ()
    assert len(set(names)) == 2
    assert all(each.startswith(PREFIX) for each in names)


def test_a_change_set_that_contains_nothing_is_no_change(session: StubbedSession) -> None:
    reason = "The submitted information didn't contain changes. Submit different information."
    session.answer(CLOUD, "create_change_set", CREATED)
    session.answer(CLOUD, "describe_change_set", described("FAILED", StatusReason=reason))
    is_removed(session)
    assert ask(session) == ()


@pytest.mark.parametrize(
    ("reason", "error", "message"),
    [
        ("Template error: no such resource", RejectedError, "Template error: no such resource"),
        (
            "User: arn:aws:iam::1:role/plan is not authorized to perform: ssm:GetParameters on x",
            NoPermissionError,
            "don't allow ssm:GetParameters",
        ),
        ("S3 error: Access Denied", NoPermissionError, "S3 error: Access Denied"),
    ],
)
def test_a_failed_change_set_is_rejected_unless_a_permission_is_missing(
    session: StubbedSession, reason: str, error: type[PlatformError], message: str
) -> None:
    session.answer(CLOUD, "create_change_set", CREATED)
    session.answer(CLOUD, "describe_change_set", described("FAILED", StatusReason=reason))
    is_removed(session)
    with pytest.raises(error, match=message):
        ask(session)


@pytest.mark.parametrize(
    ("code", "error", "message"),
    [
        ("AccessDenied", NoPermissionError, "cloudformation:CreateChangeSet"),
        ("ExpiredToken", CredentialsError, "expired"),
        ("ValidationError", PlatformError, "is in UPDATE_IN_PROGRESS state"),
    ],
)
def test_a_refused_creation_names_the_action_and_is_cleaned_up_too(
    session: StubbedSession, code: str, error: type[PlatformError], message: str
) -> None:
    session.refuse(CLOUD, "create_change_set", code, "it is in UPDATE_IN_PROGRESS state")
    is_removed(session)
    with pytest.raises(error, match=message):
        ask(session)


def test_a_change_set_that_is_never_finished_is_deleted(session: StubbedSession) -> None:
    session.answer(CLOUD, "create_change_set", CREATED)
    session.answer(CLOUD, "describe_change_set", described("CREATE_IN_PROGRESS"))
    session.refuse(CLOUD, "delete_change_set", "InvalidChangeSetStatus", "CREATE_IN_PROGRESS")
    is_removed(session)
    with pytest.raises(PlatformError, match="not finished after 0 seconds"):
        ask(session, seconds=0)


def test_an_interrupted_command_deletes_its_change_set(
    session: StubbedSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    session.answer(CLOUD, "create_change_set", CREATED)

    def interrupt(**_: Any) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(session.client(CLOUD), "describe_change_set", interrupt)
    is_removed(session)
    with pytest.raises(KeyboardInterrupt):
        ask(session)


def test_what_cannot_be_deleted_is_named_with_the_command(session: StubbedSession) -> None:
    session.answer(CLOUD, "create_change_set", CREATED)
    session.answer(CLOUD, "describe_change_set", described("CREATE_COMPLETE"))
    session.refuse(CLOUD, "delete_change_set", "AccessDenied")
    with pytest.raises(PlatformError, match="cloudformation:DeleteChangeSet") as caught:
        ask(session)
    assert f"the change set {PREFIX}" in caught.value.message
    assert "aws cloudformation delete-change-set --region eu-west-1" in caught.value.hint


def test_a_failure_is_told_together_with_what_cannot_be_deleted(session: StubbedSession) -> None:
    session.answer(CLOUD, "create_change_set", CREATED)
    session.refuse(CLOUD, "describe_change_set", "AccessDenied")
    session.refuse(CLOUD, "delete_change_set", "AccessDenied")
    with pytest.raises(PlatformError) as caught:
        ask(session)
    assert "cloudformation:DescribeChangeSet" in caught.value.message
    assert "cloudformation:DeleteChangeSet" in caught.value.message


def created_review(session: StubbedSession, *other: dict[str, str]) -> None:
    session.answer(CLOUD, "create_change_set", CREATED)
    session.answer(CLOUD, "describe_change_set", described("CREATE_COMPLETE"))
    is_removed(session, "REVIEW_IN_PROGRESS")
    session.answer(CLOUD, "list_change_sets", {"Summaries": [*other]})


def test_the_stack_that_a_change_set_creates_is_deleted_by_its_id(session: StubbedSession) -> None:
    created_review(session)
    session.answer(CLOUD, "delete_stack", {}, **{"StackName": STACK_ID})
    assert ask(session, is_new=True) == ()


def test_a_stack_that_somebody_else_reviews_is_left(session: StubbedSession) -> None:
    created_review(session, {"ChangeSetName": "theirs"})
    assert ask(session, is_new=True) == ()


def test_a_stack_that_cannot_be_deleted_is_named(session: StubbedSession) -> None:
    created_review(session)
    session.refuse(CLOUD, "delete_stack", "AccessDenied")
    with pytest.raises(PlatformError, match="cloudformation:DeleteStack") as caught:
        ask(session, is_new=True)
    assert "delete-stack" in caught.value.hint
