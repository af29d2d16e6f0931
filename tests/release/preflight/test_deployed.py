from __future__ import annotations

import pytest

from catalog_platform.release.preflight.calls import CallError
from catalog_platform.release.preflight.deployed import read, read_template
from support.preflight import PSEUDO, STACK, Account


def described(status: str = "UPDATE_COMPLETE") -> dict[str, object]:
    stack = {"StackName": STACK, "CreationTime": "2030-01-01T00:00:00Z", "StackStatus": status}
    return {"Stacks": [stack]}


def a_summary(logical_id: str, status: str, physical_id: str = "x") -> dict[str, str]:
    return {
        "LogicalResourceId": logical_id,
        "PhysicalResourceId": physical_id,
        "ResourceType": "AWS::Logs::LogGroup",
        "LastUpdatedTimestamp": "2030-01-01T00:00:00Z",
        "ResourceStatus": status,
    }


def test_a_stack_has_the_resources_that_are_still_in_it(account: Account) -> None:
    account.respond("cloudformation", "DescribeStacks", described())
    summaries = [
        a_summary("Kept", "CREATE_COMPLETE"),
        a_summary("Changing", "UPDATE_IN_PROGRESS"),
        a_summary("Deleted", "DELETE_COMPLETE"),
        a_summary("Retained", "DELETE_SKIPPED"),
        a_summary("Refused", "CREATE_FAILED"),
        a_summary("Starting", "CREATE_IN_PROGRESS", ""),
    ]
    account.respond("cloudformation", "ListStackResources", {"StackResourceSummaries": summaries})
    stack = read(account, STACK)
    assert stack is not None
    assert set(stack.resources) == {"Kept", "Changing"}
    assert stack.status == "UPDATE_COMPLETE"
    assert [each.logical_id for each in stack.of_type("AWS::Logs::LogGroup")] == [
        "Kept",
        "Changing",
    ]


def test_a_stack_that_does_not_exist_is_none(account: Account) -> None:
    account.refuse(
        "cloudformation", "DescribeStacks", "ValidationError", f"Stack {STACK} does not exist"
    )
    assert read(account, STACK) is None


def test_a_denied_call_is_no_missing_stack(account: Account) -> None:
    account.refuse("cloudformation", "DescribeStacks", "AccessDenied", "does not exist for you")
    with pytest.raises(CallError):
        read(account, STACK)


@pytest.mark.parametrize("body", ['{"Resources": {"Q": {"Type": "AWS::SQS::Queue"}}}'])
def test_the_deployed_template_has_its_resources(account: Account, body: str) -> None:
    account.respond("cloudformation", "GetTemplate", {"TemplateBody": body})
    assert read_template(account, PSEUDO)["Q"].type == "AWS::SQS::Queue"
