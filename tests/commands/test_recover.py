from __future__ import annotations

import sys

import pytest

from catalog_platform.commands import recover
from catalog_platform.errors import PlatformError, UsageError
from catalog_platform.manifest import Manifests
from catalog_platform.release.recovery import execution
from catalog_platform.workspace import Workspace
from support.stubbed import StubbedSession
from support.terminal import Terminal

NEW = ("stack REVIEW_IN_PROGRESS", "stack CREATE_IN_PROGRESS", "stack ROLLBACK_COMPLETE")


@pytest.fixture
def session(monkeypatch: pytest.MonkeyPatch, examples: Workspace) -> StubbedSession:
    """AWS with the stack of the production example, whose first creation was rolled back."""
    account = Manifests(examples).load("production").environment.account
    session = StubbedSession("sts", "cloudformation")
    identity = {"Account": account, "Arn": "arn:aws:iam::1:user/me", "UserId": "me"}
    session.answer("sts", "get_caller_identity", identity)
    monkeypatch.setattr(recover, "session_of", lambda *_: session)
    monkeypatch.setattr(sys, "stdin", None)
    monkeypatch.delenv("AWS_ENDPOINT_URL", raising=False)
    return session


def rolled_back(session: StubbedSession) -> None:
    session.stack("ROLLBACK_COMPLETE")
    session.events(*NEW)
    session.resources()


def deleted(session: StubbedSession) -> None:
    session.stack("ROLLBACK_COMPLETE")
    session.events(*NEW)
    session.answer("cloudformation", "delete_stack", {})
    session.stack("DELETE_COMPLETE")


def test_a_dry_run_prints_the_plan_and_changes_nothing(
    session: StubbedSession, examples: Workspace, capsys: pytest.CaptureFixture[str]
) -> None:
    with session:
        rolled_back(session)
        assert recover.run(examples, name="production", dry_run=True) == 0
    assert capsys.readouterr().out.splitlines() == [
        "catalog-production is ROLLBACK_COMPLETE",
        "1. delete the stack",
    ]


@pytest.mark.parametrize(("answer", "succeeds"), [("production\n", True), ("prod\n", False)])
def test_the_name_is_asked_for_after_the_plan_is_printed(
    session: StubbedSession,
    examples: Workspace,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    answer: str,
    succeeds: bool,
) -> None:
    monkeypatch.setattr(sys, "stdin", Terminal(answer))
    with session:
        rolled_back(session)
        if succeeds:
            deleted(session)
            assert recover.run(examples, name="production") == 0
        else:
            with pytest.raises(PlatformError, match="nothing is changed"):
                recover.run(examples, name="production")
    shown = capsys.readouterr()
    assert "1. delete the stack" in shown.out
    assert "Type the environment's name to recover it (production)" in shown.err


def test_without_a_terminal_the_option_is_named_in_ci_too(
    session: StubbedSession, examples: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CI", "true")
    with session:
        rolled_back(session)
        with pytest.raises(UsageError) as caught:
            recover.run(examples, name="production")
    assert "catalogctl recover production --yes" in caught.value.hint


def test_yes_recovers_without_a_question(session: StubbedSession, examples: Workspace) -> None:
    with session:
        rolled_back(session)
        deleted(session)
        assert recover.run(examples, name="production", yes=True) == 0


def test_a_deployable_stack_is_left_alone(session: StubbedSession, examples: Workspace) -> None:
    with session:
        session.stack("UPDATE_ROLLBACK_COMPLETE")
        assert recover.run(examples, name="production") == 0


def test_credentials_of_another_account_change_nothing(
    examples: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    session = StubbedSession("sts", "cloudformation")
    identity = {"Account": "999999999999", "Arn": "arn:aws:iam::9:user/me", "UserId": "me"}
    session.answer("sts", "get_caller_identity", identity)
    monkeypatch.setattr(recover, "session_of", lambda *_: session)
    with session, pytest.raises(PlatformError, match="belong to account 999999999999"):
        recover.run(examples, name="production", yes=True)


def test_an_interruption_says_that_cloudformation_continues(
    session: StubbedSession,
    examples: Workspace,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    def interrupt(*_arguments: object, **_options: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(execution, "execute", interrupt)
    with session:
        rolled_back(session)
        with pytest.raises(KeyboardInterrupt):
            recover.run(examples, name="production", yes=True)
    assert "CloudFormation continues" in capsys.readouterr().err
