from __future__ import annotations

from datetime import UTC, datetime

import pytest

from catalog_platform.aws.stack_status import DEPLOYABLE
from catalog_platform.errors import PlatformError, ToolError
from catalog_platform.release.approval import Approval
from catalog_platform.release.outcome import require_deployable, verified
from support.stubbed import CHANGE_SET, STACK_ID, StubbedSession

EARLIER, NOW = (datetime(2026, month, 1, tzinfo=UTC) for month in (1, 2))
OTHER = CHANGE_SET.replace("cdk-deploy-change-set", "catalog-abc")


def deploy(
    session: StubbedSession,
    error: BaseException | None = None,
    approval: Approval | None = None,
) -> list[str]:
    """Deploy with the CDK's exit code 0, or with an error; return the notes."""
    notes: list[str] = []
    with verified(session, "prod", change_set=None, on_note=notes.append, approval=approval):
        if error is not None:
            raise error
    return notes


def failed(tail: str = "") -> ToolError:
    return ToolError("cdk deploy: node failed with exit code 1", returncode=1, tail=tail)


@pytest.mark.parametrize("status", sorted(DEPLOYABLE))
def test_a_stack_that_accepts_an_update_is_deployable(status: str) -> None:
    with StubbedSession("cloudformation") as session:
        session.stack(status)
        session.no_stack()
        found = require_deployable(session, "prod")
        assert require_deployable(session, "prod") is None
    assert found is not None


@pytest.mark.parametrize(
    "status",
    [
        *("CREATE_FAILED", "ROLLBACK_COMPLETE", "ROLLBACK_FAILED", "UPDATE_FAILED"),
        *("UPDATE_ROLLBACK_FAILED", "DELETE_FAILED", "REVIEW_IN_PROGRESS"),
        "IMPORT_ROLLBACK_FAILED",
    ],
)
def test_any_other_stack_ends_a_deployment_before_it_starts(status: str) -> None:
    with StubbedSession("cloudformation") as session:
        session.stack(status, StackStatusReason="no capacity")
        session.events("stack CREATE_IN_PROGRESS", "Key CREATE_FAILED - AWS::KMS::Key a limit")
        with pytest.raises(PlatformError) as caught:
            deploy(session, AssertionError("deployed"))
    assert f"stack catalog-prod is {status} (no capacity)" in caught.value.message
    assert "Key (AWS::KMS::Key): a limit" in caught.value.message
    assert "catalogctl recover prod" in caught.value.hint


@pytest.mark.parametrize("status", ["UPDATE_IN_PROGRESS", "UPDATE_COMPLETE_CLEANUP_IN_PROGRESS"])
def test_a_running_operation_ends_a_deployment_with_a_way_to_follow_it(status: str) -> None:
    with StubbedSession("cloudformation") as session:
        session.stack(status)
        with pytest.raises(PlatformError, match="another operation is running") as caught:
            require_deployable(session, "prod")
    assert "describe-stack-events" in caught.value.hint
    assert "recover" not in caught.value.hint


def test_the_causes_are_left_out_when_events_cannot_be_read() -> None:
    with StubbedSession("cloudformation") as session:
        session.stack("ROLLBACK_COMPLETE")
        session.refuse("cloudformation", "describe_stack_events", "AccessDenied")
        with pytest.raises(PlatformError, match=r"ROLLBACK_COMPLETE and cannot be deployed$"):
            require_deployable(session, "prod")


@pytest.mark.parametrize("status", ["CREATE_COMPLETE", "UPDATE_COMPLETE", "IMPORT_COMPLETE"])
def test_a_success_is_one_of_this_deployment_s_change_set(status: str) -> None:
    with StubbedSession("cloudformation") as session:
        session.stack("UPDATE_COMPLETE", ChangeSetId=OTHER, LastUpdatedTime=EARLIER)
        session.stack(status, ChangeSetId=CHANGE_SET, LastUpdatedTime=NOW)
        assert deploy(session) == []


def test_a_success_by_the_change_set_of_somebody_else_is_none() -> None:
    with StubbedSession("cloudformation") as session:
        session.no_stack()
        session.stack("CREATE_COMPLETE", ChangeSetId=OTHER)
        with pytest.raises(PlatformError, match="by change set catalog-abc, not by cdk-deploy"):
            deploy(session)


def test_a_stack_that_was_deployed_since_the_approval_is_not_deployed() -> None:
    with StubbedSession("cloudformation") as session:
        session.stack("UPDATE_COMPLETE", ChangeSetId=CHANGE_SET, LastUpdatedTime=EARLIER)
        session.stack("UPDATE_COMPLETE", ChangeSetId=OTHER, LastUpdatedTime=NOW)
        approval = Approval(None, require_deployable(session, "prod"))
        with pytest.raises(PlatformError, match="something has changed it since"):
            deploy(session, AssertionError("deployed"), approval)


def test_after_a_failure_the_deployment_of_somebody_else_is_named() -> None:
    with StubbedSession("cloudformation") as session:
        session.stack("UPDATE_COMPLETE", LastUpdatedTime=EARLIER)
        session.stack("UPDATE_COMPLETE", ChangeSetId=OTHER, LastUpdatedTime=NOW)
        with pytest.raises(ToolError, match="by change set catalog-abc: somebody else") as caught:
            deploy(session, failed())
    assert "completed the deployment" not in caught.value.message


@pytest.mark.parametrize("status", ["UPDATE_COMPLETE", "UPDATE_ROLLBACK_COMPLETE"])
def test_without_a_change_the_status_is_noted(status: str) -> None:
    with StubbedSession("cloudformation") as session:
        session.stack(status, ChangeSetId=OTHER)
        session.stack(status, ChangeSetId=OTHER, EnableTerminationProtection=True)
        (note,) = deploy(session)
    assert "no changes" in note
    assert status in note


@pytest.mark.parametrize(
    "status", ["UPDATE_FAILED", "UPDATE_ROLLBACK_COMPLETE", "UPDATE_IN_PROGRESS", "DELETE_FAILED"]
)
def test_an_exit_code_of_0_is_no_success_while_the_stack_is_in_another_state(status: str) -> None:
    with StubbedSession("cloudformation") as session:
        session.stack("UPDATE_COMPLETE", LastUpdatedTime=EARLIER)
        session.stack(status, LastUpdatedTime=NOW, StackStatusReason="by hand")
        session.events("stack UPDATE_IN_PROGRESS", "Key UPDATE_FAILED k AWS::KMS::Key a limit")
        with pytest.raises(PlatformError) as caught:
            deploy(session)
    assert f"reports success, but stack catalog-prod is {status} (by hand)" in caught.value.message
    assert "Key (AWS::KMS::Key): a limit" in caught.value.message


def test_a_stack_that_vanishes_is_no_success() -> None:
    with StubbedSession("cloudformation") as session:
        session.stack("UPDATE_COMPLETE")
        session.no_stack()
        with pytest.raises(PlatformError, match="does not exist"):
            deploy(session)


def test_a_success_that_cannot_be_checked_is_none() -> None:
    with StubbedSession("cloudformation") as session:
        session.stack("UPDATE_COMPLETE")
        session.refuse("cloudformation", "describe_stacks", "ExpiredToken")
        with pytest.raises(PlatformError, match=r"the state of the stack is unknown.*expired"):
            deploy(session)


@pytest.mark.parametrize(
    ("status", "words", "hint"),
    [
        ("UPDATE_IN_PROGRESS", "is UPDATE_IN_PROGRESS", "CloudFormation continues"),
        ("UPDATE_ROLLBACK_FAILED", "is UPDATE_ROLLBACK_FAILED", "catalogctl recover prod"),
        ("UPDATE_ROLLBACK_COMPLETE", "has its previous version again", "see the log"),
        ("UPDATE_COMPLETE", "CloudFormation has completed the deployment", "deploy again"),
    ],
)
def test_a_failure_says_in_which_state_the_stack_is(status: str, words: str, hint: str) -> None:
    error = ToolError("cdk deploy: x", returncode=1, tail="FAILED", hint="see the log")
    with StubbedSession("cloudformation") as session:
        session.stack("UPDATE_COMPLETE", LastUpdatedTime=EARLIER)
        session.stack(status, LastUpdatedTime=NOW)
        with pytest.raises(ToolError) as caught:
            deploy(session, error)
    assert words in caught.value.message
    assert hint in caught.value.hint
    assert (caught.value.returncode, caught.value.tail) == (1, "FAILED")


def test_a_failure_before_anything_changed_says_so() -> None:
    with StubbedSession("cloudformation") as session:
        session.stack("UPDATE_COMPLETE")
        session.stack("UPDATE_COMPLETE")
        with pytest.raises(ToolError, match="is UPDATE_COMPLETE, as before the deployment"):
            deploy(session, failed())


def test_credentials_that_expire_meanwhile_leave_the_state_unknown() -> None:
    with StubbedSession("cloudformation") as session:
        session.no_stack()
        session.refuse("cloudformation", "describe_stacks", "ExpiredToken")
        with pytest.raises(ToolError) as caught:
            deploy(session, failed("ExpiredToken: The security token included is expired"))
    assert "the credentials expired during the deployment" in caught.value.message
    assert "the state of stack catalog-prod is unknown" in caught.value.message
    assert "CloudFormation continues without catalogctl" in caught.value.hint


def test_renewed_credentials_show_the_state_after_the_others_have_expired() -> None:
    with StubbedSession("cloudformation") as session:
        session.no_stack()
        session.stack("CREATE_IN_PROGRESS")
        with pytest.raises(
            ToolError, match=r"expired during the deployment; stack .* is CREATE_IN"
        ):
            deploy(session, failed("The provided token has expired."))


def test_an_interruption_says_that_cloudformation_continues() -> None:
    notes: list[str] = []
    with StubbedSession("cloudformation") as session:
        session.stack("UPDATE_COMPLETE", StackId=STACK_ID)
        with (
            pytest.raises(KeyboardInterrupt),
            verified(session, "prod", change_set=None, on_note=notes.append),
        ):
            raise KeyboardInterrupt
    assert "CloudFormation continues" in notes[0]
