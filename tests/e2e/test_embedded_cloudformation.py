"""Stack operations of the embedded AWS behave as AWS documents; each test names its page."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest

from catalog_platform.local.state import Embedded
from support.embedded import client, eventually, running
from support.stack_operations import HANDLE, INVALID, Stack, as_template, queue, wait

pytestmark = pytest.mark.e2e


@pytest.fixture(scope="module")
def embedded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Embedded]:
    with running(tmp_path_factory.mktemp("workspace")) as found:
        yield found


@pytest.fixture
def stack(embedded: Embedded, request: pytest.FixtureRequest) -> Stack:
    """A stack that does not exist yet, named for the test."""
    return Stack(embedded, re.sub(r"[^A-Za-z0-9]", "-", request.node.name))


def test_an_update_touches_only_what_has_changed(stack: Stack) -> None:
    """https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/using-cfn-updating-stacks-update-behaviors.html"""
    assert stack.create({"Same": queue(), "Changed": queue(), "Gone": queue()}) == "CREATE_COMPLETE"
    known = stack.events()
    resources = {"Same": queue(), "Changed": queue(DelaySeconds=5), "New": queue()}
    assert stack.update(resources) == "UPDATE_COMPLETE"
    assert stack.since(known) == [
        (stack.name, "UPDATE_IN_PROGRESS"),
        ("Changed", "UPDATE_IN_PROGRESS"),
        ("Changed", "UPDATE_COMPLETE"),
        ("New", "CREATE_IN_PROGRESS"),
        ("New", "CREATE_COMPLETE"),
        (stack.name, "UPDATE_COMPLETE_CLEANUP_IN_PROGRESS"),
        ("Gone", "DELETE_IN_PROGRESS"),
        ("Gone", "DELETE_COMPLETE"),
        (stack.name, "UPDATE_COMPLETE"),
    ]


def test_a_stack_has_one_operation_at_a_time(stack: Stack) -> None:
    """https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/view-stack-events.html"""
    stack.create({"Queue": queue()})
    stack.call("update_stack", **as_template({"Handle": HANDLE, "Wait": wait(2)}))
    refused = f"ValidationError: Stack:{stack.identifier} is in UPDATE_IN_PROGRESS state"
    assert stack.refusal("update_stack", **as_template({"Queue": queue(DelaySeconds=1)})) == (
        f"{refused} and can not be updated."
    )
    changes = {"ChangeSetName": "changes", **as_template({"Queue": queue(DelaySeconds=1)})}
    assert stack.refusal("create_change_set", **changes).startswith(refused)
    assert stack.refusal("delete_stack") == (
        f"ValidationError: Stack [{stack.identifier}] cannot be deleted while in status"
        " UPDATE_IN_PROGRESS"
    )
    stack.call("cancel_update_stack")
    assert stack.settled() == "UPDATE_ROLLBACK_COMPLETE"


def test_a_protected_stack_that_was_rolled_back_stays(stack: Stack) -> None:
    """https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/using-cfn-protect-stacks.html"""
    resources = {"Invalid": INVALID}
    assert stack.create(resources, EnableTerminationProtection=True) == "ROLLBACK_COMPLETE"
    assert stack.reason(stack.name, "ROLLBACK_IN_PROGRESS") == (
        "The following resource(s) failed to create: [Invalid]. Rollback requested by user."
    )
    before, valid = stack.events(), as_template({"Queue": queue()})
    changes = {"ChangeSetName": "changes", **valid}
    exists = f"Stack [{stack.name}] already exists"
    terminal = f"Stack:{stack.identifier} is in ROLLBACK_COMPLETE state and can not be updated."
    protected = f"Stack [{stack.name}] cannot be deleted while TerminationProtection is enabled"
    again = f"{exists} and cannot be created again with the changeSet [changes]."
    assert stack.refusal("delete_stack") == f"ValidationError: {protected}"
    assert stack.refusal("create_stack", **valid) == f"AlreadyExistsException: {exists}"
    refused = stack.refusal("create_change_set", ChangeSetType="CREATE", **changes)
    assert refused == f"ValidationError: {again}"
    refused = stack.refusal("create_change_set", ChangeSetType="UPDATE", **changes)
    assert refused == stack.refusal("update_stack", **valid) == f"ValidationError: {terminal}"
    assert stack.events() == before
    stack.call("update_termination_protection", EnableTerminationProtection=False)
    assert stack.delete() == "DELETE_COMPLETE"
    assert stack.create({"Queue": queue()}) == "CREATE_COMPLETE"


def test_a_reviewed_stack_keeps_its_identity_and_protection(stack: Stack) -> None:
    """https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_CreateChangeSet.html"""
    first = stack.change_set("first", "CREATE", {"First": queue()})
    assert (stack.status, stack.events()[0]["ResourceStatus"]) == ("REVIEW_IN_PROGRESS",) * 2
    stack.call("update_termination_protection", EnableTerminationProtection=True)
    second = stack.change_set("second", "CREATE", {"Second": queue()})
    assert second["StackId"] == first["StackId"] == stack.identifier
    broken = {"ChangeSetName": "third", "ChangeSetType": "CREATE", "TemplateBody": "{"}
    assert stack.refusal("create_change_set", **broken).startswith("ValidationError")
    assert stack.status == "REVIEW_IN_PROGRESS"
    assert stack.run("execute_change_set", ChangeSetName="second") == "CREATE_COMPLETE"
    assert list(stack.resources) == ["Second"]
    assert stack.described["ChangeSetId"] == second["ChangeSetId"]
    assert stack.described["EnableTerminationProtection"]


def test_a_rollback_that_fails_is_continued(stack: Stack) -> None:
    """https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/using-cfn-updating-stacks-continueupdaterollback.html"""
    stack.create({"Lost": queue(DelaySeconds=1), "Kept": queue(DelaySeconds=1)})
    lost, kept = stack.physical_id("Lost"), stack.physical_id("Kept")
    changed = {"Lost": queue(DelaySeconds=2), "Kept": queue(DelaySeconds=2), "Handle": HANDLE}
    stack.call("update_stack", **as_template({**changed, "Wait": wait(2, "Lost", "Kept")}))
    queues = client(stack.embedded, "sqs")
    eventually(lambda: stack.resources.get("Kept") == stack.resources["Lost"] == "UPDATE_COMPLETE")
    queues.delete_queue(QueueUrl=lost)
    assert stack.settled() == "UPDATE_ROLLBACK_FAILED"
    assert stack.described["StackStatusReason"] == (
        "The following resource(s) failed to update: [Lost]. "
    )
    assert (stack.resources["Lost"], stack.resources["Kept"]) == (
        "UPDATE_FAILED",
        "UPDATE_COMPLETE",
    )
    assert "was not found" in stack.reason("Lost", "UPDATE_FAILED")
    assert "can not be updated" in stack.refusal("update_stack", **as_template({"Kept": queue()}))
    assert stack.run("continue_update_rollback") == "UPDATE_ROLLBACK_FAILED"
    skipped = stack.refusal("continue_update_rollback", ResourcesToSkip=["Kept"])
    assert skipped.startswith("ValidationError")
    continued = stack.run("continue_update_rollback", ResourcesToSkip=["Lost"])
    assert continued == "UPDATE_ROLLBACK_COMPLETE"
    assert stack.reason("Lost", "UPDATE_COMPLETE") == "Resource rollback skipped by user"
    assert stack.resources.keys() == {"Lost", "Kept"}
    delay = queues.get_queue_attributes(QueueUrl=kept, AttributeNames=["DelaySeconds"])
    assert delay["Attributes"]["DelaySeconds"] == "1"


def test_a_failed_update_without_rollback_can_go_on_or_back(stack: Stack) -> None:
    """https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/stack-failure-options.html"""
    stack.create({"Queue": queue(DelaySeconds=1)})
    url = stack.physical_id("Queue")
    changed = {"Queue": queue(DelaySeconds=2), "New": queue(), "Then": {**INVALID}}
    changed["Then"]["DependsOn"] = ["Queue", "New"]
    assert stack.update(changed, DisableRollback=True) == "UPDATE_FAILED"
    assert stack.resources == {
        "Queue": "UPDATE_COMPLETE",
        "New": "CREATE_COMPLETE",
        "Then": "CREATE_FAILED",
    }
    known = stack.events()
    again = {**changed, "Queue": queue(DelaySeconds=3)}
    assert stack.update(again, DisableRollback=True) == "UPDATE_FAILED"
    assert ("New", "CREATE_IN_PROGRESS") not in stack.since(known)
    assert stack.run("rollback_stack") == "UPDATE_ROLLBACK_COMPLETE"
    assert stack.resources == {"Queue": "UPDATE_COMPLETE"}
    queues = client(stack.embedded, "sqs")
    delay = queues.get_queue_attributes(QueueUrl=url, AttributeNames=["DelaySeconds"])
    assert delay["Attributes"]["DelaySeconds"] == "1"
    assert list(queues.list_queues(QueueNamePrefix=stack.name)["QueueUrls"]) == [url]


def test_a_failed_creation_keeps_what_the_policies_say(stack: Stack) -> None:
    """https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-attribute-deletionpolicy.html"""
    resources = {
        "Retained": {**queue(), "DeletionPolicy": "Retain"},
        "New": {**queue(), "DeletionPolicy": "RetainExceptOnCreate"},
        "Invalid": {**INVALID, "DependsOn": ["Retained", "New"]},
    }
    assert stack.create(resources, DisableRollback=True) == "CREATE_FAILED"
    known = stack.events()
    assert stack.run("rollback_stack") == "ROLLBACK_COMPLETE"
    events = stack.since(known)
    assert ("Retained", "DELETE_SKIPPED") in events
    assert ("New", "DELETE_COMPLETE") in events
    assert stack.delete() == "DELETE_COMPLETE"


def test_a_deletion_keeps_what_the_policies_say(stack: Stack) -> None:
    """https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-attribute-deletionpolicy.html"""
    kept = {**queue(), "DeletionPolicy": "RetainExceptOnCreate"}
    removed = {**queue(), "DeletionPolicy": "Retain"}
    stack.create({"Kept": kept, "Removed": removed, "Deleted": queue()})
    known, identifier = stack.events(), stack.identifier
    assert stack.update({"Kept": kept, "Deleted": queue()}) == "UPDATE_COMPLETE"
    assert stack.delete() == "DELETE_COMPLETE"
    events = dict(stack.since(known, identifier))
    assert [events[name] for name in ("Removed", "Kept", "Deleted")] == [
        "DELETE_SKIPPED",
        "DELETE_SKIPPED",
        "DELETE_COMPLETE",
    ]


def test_a_bucket_with_objects_and_what_it_needs_stay(stack: Stack) -> None:
    """https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_DeleteStack.html"""
    bucket = {"Type": "AWS::S3::Bucket", "DependsOn": "Needed"}
    stack.create({"Bucket": bucket, "Needed": queue(), "Other": queue()})
    name, identifier = stack.physical_id("Bucket"), stack.identifier
    storage = client(stack.embedded, "s3")
    storage.put_object(Bucket=name, Key="object", Body=b"content")
    assert stack.delete() == "DELETE_FAILED"
    assert stack.described["StackStatusReason"] == (
        "The following resource(s) failed to delete: [Bucket]. "
    )
    assert "not empty" in stack.reason("Bucket", "DELETE_FAILED")
    assert stack.resources == {"Bucket": "DELETE_FAILED", "Needed": "CREATE_COMPLETE"}
    assert stack.refusal("delete_stack", RetainResources=["Missing"]).startswith("ValidationError")
    assert stack.delete(RetainResources=["Bucket"]) == "DELETE_COMPLETE"
    assert ("Bucket", "DELETE_SKIPPED") in stack.since([], identifier)
    assert storage.get_object(Bucket=name, Key="object")["Body"].read() == b"content"


def test_a_rollback_that_cannot_delete_leaves_the_rest_to_a_deletion(stack: Stack) -> None:
    """https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/view-stack-events.html"""
    bucket = {"Type": "AWS::S3::Bucket", "Properties": {"BucketName": "rollback-fails"}}
    stack.call(
        "create_stack",
        **as_template({"Bucket": bucket, "Handle": HANDLE, "Wait": wait(2, "Bucket")}),
    )
    eventually(lambda: stack.resources.get("Bucket") == "CREATE_COMPLETE")
    storage = client(stack.embedded, "s3")
    storage.put_object(Bucket="rollback-fails", Key="object", Body=b"content")
    assert stack.settled() == "ROLLBACK_FAILED"
    assert stack.resources == {"Bucket": "DELETE_FAILED"}
    storage.delete_object(Bucket="rollback-fails", Key="object")
    assert stack.delete() == "DELETE_COMPLETE"
    assert "rollback-fails" not in [b["Name"] for b in storage.list_buckets()["Buckets"]]


def test_a_creation_stops_for_a_deletion(stack: Stack) -> None:
    """https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_DeleteStack.html"""
    resources = {"Handle": HANDLE, "Wait": wait(1), "Later": {**queue(), "DependsOn": "Wait"}}
    identifier = stack.call("create_stack", **as_template(resources))["StackId"]
    stack.call("delete_stack")
    stack.call("delete_stack")
    assert stack.settled() == "DELETE_COMPLETE"
    events = stack.since([], identifier)
    assert "Later" not in [name for name, _status in events]
    assert [status for name, status in events if name == stack.name] == [
        "CREATE_IN_PROGRESS",
        "DELETE_IN_PROGRESS",
        "DELETE_COMPLETE",
    ]
    assert "does not exist" in stack.refusal("describe_stack_events")
    assert stack.create({"Queue": queue()}) == "CREATE_COMPLETE"
    (deleted,) = stack.api.describe_stacks(StackName=identifier)["Stacks"]
    assert (deleted["StackStatus"], "DeletionTime" in deleted) == ("DELETE_COMPLETE", True)
