"""The questions to an account, and what each refusal leaves of the answer."""

from __future__ import annotations

import dataclasses
import datetime
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from catalog_platform.aws.preview import removal, waiting
from catalog_platform.errors import PlatformError, UsageError
from catalog_platform.manifest import Manifests
from catalog_platform.pipeline.planning import against_aws
from catalog_platform.pipeline.planning.against_aws import AgainstAws
from catalog_platform.plan.environment import resource_changes
from catalog_platform.plan.model import Account, Answer, EnvironmentPlan
from catalog_platform.plan.stack import Stack
from catalog_platform.terminal.progress import Progress
from catalog_platform.workspace import Workspace
from support.manifests import DEFAULTS, VALID
from support.plan_models import environment
from support.stubbed import ACCOUNT, STACK_ID, StubbedSession

CLOUD = "cloudformation"
NAME = "sample"
COMMIT = "0123456789abcdef0123456789abcdef01234567"
NOW = datetime.datetime(2026, 1, 1, tzinfo=datetime.UTC)


def stack(shards: int) -> Stack:
    stream = {"Type": "AWS::Kinesis::Stream", "Properties": {"ShardCount": shards}}
    return Stack(
        template={"Resources": {"Stream": stream}},
        account=ACCOUNT,
        region="eu-west-1",
        is_protected=True,
        paths={"Stream": "Stream/Stream"},
        tags={"owner": "me"},
    )


BASE, HEAD = stack(2), stack(3)


@pytest.fixture
def session(monkeypatch: pytest.MonkeyPatch) -> Iterator[StubbedSession]:
    for module in (removal, waiting):
        monkeypatch.setattr(module, "POLL_SECONDS", 0.0)
    with StubbedSession("cloudformation", "sts") as made:
        monkeypatch.setattr(against_aws, "session_of", lambda *_: made)
        yield made


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    folder = tmp_path / "environments"
    folder.mkdir()
    (folder / "defaults.yaml").write_text(DEFAULTS)
    (folder / f"{NAME}.yaml").write_text(VALID)
    return Workspace(tmp_path)


def identity(session: StubbedSession, account: str) -> None:
    answer = {"Account": account, "Arn": "arn:aws:iam::1:role/plan"}
    session.answer("sts", "get_caller_identity", answer)


def account_of(workspace: Workspace) -> str:
    return Manifests(workspace).load(NAME).environment.account


def ask(
    session: StubbedSession, workspace: Workspace, base: Stack | None = BASE, head: Stack = HEAD
) -> EnvironmentPlan:
    identity(session, account_of(workspace))
    against = AgainstAws(workspace, [NAME], Progress(quiet=True))
    changes = [] if base is None else resource_changes(base, head)
    status = "changed" if changes else "unchanged"
    return against(environment(NAME, *changes, status=status), base, head)


def described(session: StubbedSession, status: str = "UPDATE_COMPLETE", **values: Any) -> None:
    found = {
        "StackName": f"catalog-{NAME}",
        "StackId": STACK_ID,
        "StackStatus": status,
        "CreationTime": NOW,
        "EnableTerminationProtection": True,
    }
    session.answer(CLOUD, "describe_stacks", {"Stacks": [{**found, **values}]})


def is_deployed(session: StubbedSession, **values: Any) -> None:
    """Queue the stack's status, and the deployed commit."""
    arn = f"arn:aws:cloudformation:eu-west-1:1:changeSet/catalog-{COMMIT}/1"
    for _ in range(2):
        described(session, ChangeSetId=arn, **values)


def has_template(session: StubbedSession, deployed: Stack) -> None:
    session.answer(CLOUD, "get_template", {"TemplateBody": json.dumps(dict(deployed.template))})


def has_change_set(session: StubbedSession, *changes: dict[str, Any], status: str = "") -> None:
    session.answer(CLOUD, "create_change_set", {})
    found = [{"ResourceChange": each} for each in changes]
    session.answer(CLOUD, "describe_change_set", {"Status": "CREATE_COMPLETE", "Changes": found})
    session.answer(CLOUD, "delete_change_set", {})
    described(session, status or "UPDATE_COMPLETE")


def has_drift(session: StubbedSession, status: str = "IN_SYNC", detection: str = "") -> None:
    session.answer(CLOUD, "detect_stack_drift", {"StackDriftDetectionId": "d"})
    answer = {"StackId": STACK_ID, "StackDriftDetectionId": "d", "Timestamp": NOW}
    session.answer(
        CLOUD,
        "describe_stack_drift_detection_status",
        {**answer, "DetectionStatus": detection or "DETECTION_COMPLETE"},
    )
    found = {"StackId": STACK_ID, "LogicalResourceId": "Stream", "Timestamp": NOW}
    found |= {"ResourceType": "AWS::Kinesis::Stream", "StackResourceDriftStatus": status}
    session.answer(CLOUD, "describe_stack_resource_drifts", {"StackResourceDrifts": [found]})


def has_no_databases(session: StubbedSession) -> None:
    session.answer(CLOUD, "list_stack_resources", {"StackResourceSummaries": []})


def account_in(plan: EnvironmentPlan) -> Account:
    assert isinstance(plan.account, Account)
    return plan.account


def answers(plan: EnvironmentPlan) -> dict[str, Answer]:
    return {each.question: each for each in account_in(plan).answers}


MODIFY = {"Action": "Modify", "LogicalResourceId": "Stream", "Replacement": "False"}


def test_an_account_that_agrees_changes_no_verdict(
    session: StubbedSession, workspace: Workspace
) -> None:
    is_deployed(session)
    has_template(session, BASE)
    has_change_set(session, {**MODIFY, "Scope": ["Properties"]})
    has_drift(session)
    has_no_databases(session)
    plan = ask(session, workspace)
    assert (plan.verdict, plan.deployed, account_in(plan).notes) == ("safe", COMMIT, [])
    assert account_in(plan).stack_status == "UPDATE_COMPLETE"
    assert [each.answered for each in account_in(plan).answers] == [True] * 5
    assert answers(plan)["template"].message == "as the base"


def test_each_disagreement_counts(session: StubbedSession, workspace: Workspace) -> None:
    is_deployed(session, EnableTerminationProtection=False)
    has_template(session, stack(8))
    has_change_set(session, {**MODIFY, "Replacement": "Conditional"})
    has_drift(session, "DELETED")
    has_no_databases(session)
    plan = ask(session, workspace)
    assert {each.question for each in account_in(plan).notes} == {"template", "change_set", "drift"}
    (row,) = plan.changes
    # From 8 shards to 3 in one step, which AWS refuses; from the base's 2 it would be safe.
    assert (row.verdict, plan.verdict) == ("rejected", "rejected")
    assert "conditional replacement" in row.explanation
    assert "termination protection is off" in answers(plan)["stack"].message


def test_a_question_without_an_answer_leaves_the_others(
    session: StubbedSession, workspace: Workspace
) -> None:
    is_deployed(session)
    session.refuse(CLOUD, "get_template", "AccessDenied")
    session.refuse(CLOUD, "create_change_set", "ExpiredToken")
    session.answer(CLOUD, "delete_change_set", {})
    described(session)
    session.refuse(CLOUD, "detect_stack_drift", "AccessDenied")
    has_no_databases(session)
    plan = ask(session, workspace, head=BASE)
    assert (plan.status, plan.verdict) == ("unknown", "at_risk")
    found = answers(plan)
    assert [name for name, each in found.items() if each.answered] == ["stack", "databases"]
    assert "cloudformation:GetTemplate" in found["template"].message
    assert "expired" in found["change_set"].message
    assert "cloudformation:DetectStackDrift" in found["drift"].message


def test_a_failed_detection_is_no_answer_but_its_results_count(
    session: StubbedSession, workspace: Workspace
) -> None:
    is_deployed(session)
    has_template(session, BASE)
    has_change_set(session, MODIFY)
    has_drift(session, "DELETED", "DETECTION_FAILED")
    has_no_databases(session)
    plan = ask(session, workspace)
    assert not answers(plan)["drift"].answered
    assert plan.changes[0].verdict == "at_risk"


def test_an_unknown_stack_leaves_all_questions_open(
    session: StubbedSession, workspace: Workspace
) -> None:
    session.refuse(CLOUD, "describe_stacks", "AccessDenied")
    plan = ask(session, workspace)
    assert not any(each.answered for each in account_in(plan).answers)
    assert len(account_in(plan).answers) == 5
    assert "cloudformation:DescribeStacks" in answers(plan)["stack"].message


def test_a_stack_that_does_not_exist_is_created_by_a_change_set_only(
    session: StubbedSession, workspace: Workspace
) -> None:
    missing = ("ValidationError", "Stack with id catalog-sample does not exist")
    session.refuse(CLOUD, "describe_stacks", *missing)
    add = {"Action": "Add", "LogicalResourceId": "Stream"}
    has_change_set(session, add, status="REVIEW_IN_PROGRESS")
    session.answer(CLOUD, "list_change_sets", {"Summaries": []})
    session.answer(CLOUD, "delete_stack", {}, **{"StackName": STACK_ID})
    plan = ask(session, workspace)
    assert [*answers(plan)] == ["stack", "change_set"]
    assert "doesn't exist" in answers(plan)["stack"].message


def test_a_stack_that_accepts_no_update_gets_no_change_set(
    session: StubbedSession, workspace: Workspace
) -> None:
    is_deployed(session, StackStatus="UPDATE_ROLLBACK_FAILED", StackStatusReason="no")
    has_template(session, BASE)
    has_drift(session)
    has_no_databases(session)
    plan = ask(session, workspace)
    assert "UPDATE_ROLLBACK_FAILED (no)" in answers(plan)["change_set"].message


def test_a_refused_update_is_rejected(session: StubbedSession, workspace: Workspace) -> None:
    is_deployed(session)
    has_template(session, BASE)
    session.answer(CLOUD, "create_change_set", {})
    failed = {"Status": "FAILED", "StatusReason": "the bucket name is taken"}
    session.answer(CLOUD, "describe_change_set", failed)
    session.answer(CLOUD, "delete_change_set", {})
    described(session)
    has_drift(session)
    has_no_databases(session)
    plan = ask(session, workspace)
    assert plan.verdict == "rejected"
    assert "the bucket name is taken" in plan.stack_changes[0].explanation


def test_without_a_base_the_changes_are_those_from_the_deployed_template(
    session: StubbedSession, workspace: Workspace
) -> None:
    is_deployed(session)
    has_template(session, stack(8))
    has_change_set(session, MODIFY)
    has_drift(session)
    has_no_databases(session)
    plan = ask(session, workspace, base=dataclasses.replace(BASE, account="444444444444"))
    assert [each.action for each in plan.changes] == ["update"]
    assert answers(plan)["template"].message == "read; there is no base to compare it with"


def test_credentials_of_another_account_are_an_error(
    session: StubbedSession, workspace: Workspace
) -> None:
    identity(session, "999999999999")
    with pytest.raises(PlatformError, match="belong to account 999999999999"):
        AgainstAws(workspace, [NAME], Progress(quiet=True))


def test_expired_credentials_are_an_error_before_anything_is_synthesised(
    session: StubbedSession, workspace: Workspace
) -> None:
    session.refuse("sts", "get_caller_identity", "ExpiredToken")
    with pytest.raises(PlatformError, match="expired"):
        AgainstAws(workspace, [NAME], Progress(quiet=True))


def test_environments_must_be_named(workspace: Workspace) -> None:
    with pytest.raises(UsageError, match="no environment is named"):
        AgainstAws(workspace, [], Progress(quiet=True))
    with pytest.raises(UsageError):
        AgainstAws(workspace, ["other"], Progress(quiet=True))


def test_an_environment_without_a_stack_at_the_head_is_left_as_it_is(
    session: StubbedSession, workspace: Workspace
) -> None:
    identity(session, account_of(workspace))
    against = AgainstAws(workspace, [NAME], Progress(quiet=True))
    plan = environment(NAME, status="unknown")
    assert against(plan, BASE, None) is plan
