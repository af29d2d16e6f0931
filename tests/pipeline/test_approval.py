from __future__ import annotations

import io
import sys
from pathlib import Path
from typing import Any

import pytest

from catalog_platform.aws.deployed_version import change_set_name
from catalog_platform.aws.session import Session
from catalog_platform.errors import PlatformError, UsageError
from catalog_platform.manifest import Manifests
from catalog_platform.pipeline.approval import Consent, approve, approve_write
from catalog_platform.release.commit import Commit, current_commit
from support.aws import FakeSession
from support.git import Repository
from support.manifests import EXAMPLES
from support.stubbed import StubbedSession
from support.terminal import Terminal

PRODUCTION = Manifests(EXAMPLES).load("production")
YES = Consent(confirmed=True)


class Cloud:
    """CloudFormation with a stack that a change set of this commit has deployed."""

    def __init__(self, commit: str, status: str = "UPDATE_COMPLETE") -> None:
        self._commit = commit
        self._status = status

    def describe_stacks(self, **_: Any) -> dict[str, Any]:
        arn = f"arn:aws:cloudformation:eu-west-1:1:changeSet/{change_set_name(self._commit)}/1"
        return {"Stacks": [{"StackStatus": self._status, "ChangeSetId": arn}]}


@pytest.fixture(autouse=True)
def laptop(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("CI", "GITHUB_ACTIONS"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(sys, "stdin", io.StringIO())


@pytest.fixture
def repository(tmp_path: Path) -> Repository:
    return Repository.create(tmp_path / "repository")


def approved(
    repository: Repository, consent: Consent, deployed: str = "", commit: Commit | None = None
) -> None:
    session = FakeSession(cloudformation=Cloud(deployed or repository.head()))
    chosen = commit or current_commit(repository.root)
    approve(repository.root, PRODUCTION, session, chosen, consent)


def test_the_name_is_asked_for_after_account_region_and_commit_are_shown(
    repository: Repository, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "stdin", Terminal("production\n"))
    approved(repository, Consent())
    shown = capsys.readouterr().err
    short = repository.head()[:12]
    account = PRODUCTION.environment.account
    assert f"deploy production to account {account}, region eu-west-1" in shown
    assert f"commit    {short}" in shown
    assert f"deployed  {short}" in shown
    assert shown.index("deployed") < shown.index("Type the environment's name")


@pytest.mark.parametrize("answer", ["", "\n", "y\n", "yes\n", "prod\n", "Production\n"])
def test_any_other_answer_ends_the_deployment(
    repository: Repository, monkeypatch: pytest.MonkeyPatch, answer: str
) -> None:
    monkeypatch.setattr(sys, "stdin", Terminal(answer))
    with pytest.raises(PlatformError, match="nothing is changed"):
        approved(repository, Consent())


@pytest.mark.parametrize("stdin", [None, io.StringIO("production\n")])
def test_without_a_terminal_the_option_is_named(
    repository: Repository, monkeypatch: pytest.MonkeyPatch, stdin: io.StringIO | None
) -> None:
    monkeypatch.setattr(sys, "stdin", stdin)
    with pytest.raises(UsageError, match="not a terminal") as caught:
        approved(repository, Consent())
    assert "--yes" in caught.value.hint


def test_a_stack_that_cannot_be_deployed_ends_the_deployment_before_the_question(
    repository: Repository, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "stdin", Terminal("production\n"))
    cloud = Cloud(repository.head(), "UPDATE_IN_PROGRESS")
    session, commit = FakeSession(cloudformation=cloud), current_commit(repository.root)
    with pytest.raises(PlatformError, match="UPDATE_IN_PROGRESS: another operation is running"):
        approve(repository.root, PRODUCTION, session, commit, Consent())
    assert capsys.readouterr().err == ""


def test_yes_answers_the_question_and_nothing_else(repository: Repository) -> None:
    approved(repository, YES)
    (repository.root / "file").write_text("edited")
    with pytest.raises(PlatformError, match="has changes that are not in commit"):
        approved(repository, YES)


@pytest.mark.parametrize("name", ["CI", "GITHUB_ACTIONS"])
def test_in_ci_nothing_is_asked_and_the_branch_is_not_checked(
    repository: Repository, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.setenv(name, "true")
    repository.git("checkout", "--quiet", "-b", "change")
    repository.commit("change")
    approved(repository, Consent())


def test_a_commit_that_is_not_on_main_needs_the_option(repository: Repository) -> None:
    deployed = repository.head()
    repository.git("checkout", "--quiet", "-b", "change")
    repository.commit("change")
    with pytest.raises(PlatformError, match="is not on the main branch") as caught:
        approved(repository, YES, deployed)
    assert "--allow-unmerged" in caught.value.hint
    approved(repository, Consent(confirmed=True, unmerged=True), deployed)


def test_an_assembly_of_an_unknown_commit_needs_the_option(repository: Repository) -> None:
    session = FakeSession(cloudformation=Cloud(repository.head()))
    with pytest.raises(PlatformError, match="unknown from which commit"):
        approve(repository.root, PRODUCTION, session, None, YES)
    approve(repository.root, PRODUCTION, session, None, Consent(confirmed=True, unmerged=True))


@pytest.mark.parametrize("ci", [False, True])
def test_an_older_commit_does_not_replace_the_deployed_one(
    repository: Repository,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    ci: bool,
) -> None:
    if ci:
        monkeypatch.setenv("CI", "true")
    older = Commit(repository.head(), clean=True)
    newer = repository.commit("newer")
    with pytest.raises(PlatformError, match="does not include the deployed commit") as caught:
        approved(repository, YES, newer, older)
    assert "--allow-older" in caught.value.hint
    approved(repository, Consent(confirmed=True, older=True), newer, older)
    assert "which this deployment reverts" in capsys.readouterr().err


def test_the_stack_that_was_compared_is_returned(repository: Repository) -> None:
    with StubbedSession("cloudformation") as session:
        session.stack("UPDATE_COMPLETE")
        session.no_stack()
        commit = current_commit(repository.root)
        stacks = [approve(repository.root, PRODUCTION, session, commit, YES) for _ in range(2)]
    assert [stack and stack.status for stack in stacks] == ["UPDATE_COMPLETE", None]


def test_a_newer_commit_replaces_the_deployed_one(repository: Repository) -> None:
    older = repository.head()
    repository.commit("newer")
    approved(repository, YES, older)


def test_a_deployed_commit_that_the_repository_does_not_have_is_reported(
    repository: Repository, capsys: pytest.CaptureFixture[str]
) -> None:
    approved(repository, YES, "0" * 40)
    assert "deployed  000000000000; it is unknown whether it is a newer one" in (
        capsys.readouterr().err
    )


def identified(account: str = PRODUCTION.environment.account) -> StubbedSession:
    """Return AWS with credentials of an account."""
    session = StubbedSession("sts")
    identity = {"Account": account, "Arn": f"arn:aws:iam::{account}:user/me", "UserId": "me"}
    session.answer("sts", "get_caller_identity", identity)
    return session


def write(session: Session, *, confirmed: bool = False) -> None:
    approve_write(PRODUCTION, session, "warm --flush", "the cache is emptied", confirmed=confirmed)


def test_a_write_is_confirmed_after_the_account_and_its_effect_are_shown(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "stdin", Terminal("production\n"))
    with identified() as session:
        write(session)
    shown = capsys.readouterr().err
    account = PRODUCTION.environment.account
    effect = f"the cache is emptied in production: account {account}, region eu-west-1"
    assert shown.index(effect) < shown.index("Type the environment's name to warm it (production)")


@pytest.mark.parametrize("answer", ["", "y\n", "prod\n"])
def test_any_other_answer_writes_nothing(monkeypatch: pytest.MonkeyPatch, answer: str) -> None:
    monkeypatch.setattr(sys, "stdin", Terminal(answer))
    with identified() as session, pytest.raises(PlatformError, match="nothing is changed"):
        write(session)


@pytest.mark.parametrize("ci", [False, True])
def test_a_write_without_a_terminal_needs_the_option_in_ci_too(
    monkeypatch: pytest.MonkeyPatch, ci: bool
) -> None:
    if ci:
        monkeypatch.setenv("CI", "true")
    with identified() as session, pytest.raises(UsageError, match="not a terminal") as caught:
        write(session)
    assert caught.value.hint.endswith("catalogctl warm --flush production --yes")
    with identified() as session:
        write(session, confirmed=True)


def test_credentials_of_another_account_write_nothing() -> None:
    with identified("999999999999") as session, pytest.raises(PlatformError, match="999999999999"):
        write(session, confirmed=True)


def test_a_write_on_this_machine_is_not_confirmed() -> None:
    with StubbedSession("sts") as session:
        object.__setattr__(session, "variables", {"AWS_ENDPOINT_URL": "http://127.0.0.1:4566"})
        write(session)
    embedded = Manifests(EXAMPLES).load("local")
    with StubbedSession("sts") as session:
        approve_write(embedded, session, "verify", "updates are written", confirmed=False)
