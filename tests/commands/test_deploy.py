from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import pytest

from catalog_platform.aws.session import Session
from catalog_platform.aws.stack_status import StackStatus
from catalog_platform.commands import deploy
from catalog_platform.errors import PlatformError, UsageError
from catalog_platform.release import attestation, provenance
from catalog_platform.release.approval import Approval
from catalog_platform.release.commit import Commit
from catalog_platform.release.provenance import Provenance
from catalog_platform.workspace import Workspace
from support.manifests import a_repository

STACK = StackStatus("catalog-production", "arn", "UPDATE_COMPLETE")
EMBEDDED = """\
environment:
  name: sample
  tier: development
  account: "555555555555"
network:
  cidr: 10.55.0.0/16
release:
  target: embedded
"""


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    return a_repository(tmp_path / "repository", sample=EMBEDDED)


def test_a_target_that_is_not_running_fails_before_synthesis(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(deploy, "scanned_assembly", lambda *_: pytest.fail("synthesised"))
    with pytest.raises(PlatformError, match="the embedded AWS is not running") as caught:
        deploy.run(workspace, name="sample", assembly=None)
    assert caught.value.hint == "start it: catalogctl local up --env sample"


def test_a_missing_assembly_is_a_usage_error(workspace: Workspace, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no such folder"):
        deploy.run(workspace, name="sample", assembly=tmp_path / "nowhere")


def test_aws_is_confirmed_before_synthesis_and_the_embedded_aws_is_not(
    workspace: Workspace, examples: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("CI", "GITHUB_ACTIONS", "AWS_ENDPOINT_URL"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(sys, "stdin", None)
    monkeypatch.setattr(deploy, "scanned_assembly", lambda *_: pytest.fail("synthesised"))
    with pytest.raises(UsageError, match="not a terminal on which to confirm"):
        deploy.run(examples, name="production", assembly=None)

    calls: list[str] = []
    monkeypatch.setattr(deploy, "session_of", lambda *_: Session("eu-west-1"))
    monkeypatch.setattr(deploy, "scanned_assembly", lambda *_: calls.append("scanned"))
    monkeypatch.setattr(deploy, "require", lambda *_: calls.append("checked"))
    monkeypatch.setattr(deploy, "deploy_assembly", lambda *_: calls.append("deployed"))
    assert deploy.run(workspace, name="sample", assembly=None) == 0
    assert calls == ["scanned", "checked", "deployed"]


def test_nothing_is_deployed_when_a_check_of_the_account_fails(
    workspace: Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise PlatformError("not deployed")

    monkeypatch.setattr(deploy, "session_of", lambda *_: Session("eu-west-1"))
    monkeypatch.setattr(deploy, "require", fail)
    monkeypatch.setattr(deploy, "deploy_assembly", lambda *_: pytest.fail("deployed"))
    with pytest.raises(PlatformError, match="not deployed"):
        deploy.run(workspace, name="sample", assembly=tmp_path)


def test_an_assembly_that_was_not_scanned_is_not_deployed(
    examples: Workspace, tmp_path: Path
) -> None:
    (tmp_path / "catalog-production.template.json").write_text("{}")
    with pytest.raises(PlatformError, match="was not scanned"):
        deploy.run(examples, name="production", assembly=tmp_path)


@pytest.fixture
def steps(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """The approval that a deployment to AWS gets; no step does anything."""
    given: dict[str, Any] = {}

    def deploy_assembly(*arguments: Any) -> None:
        given["approval"] = arguments[4]

    for name in ("CI", "GITHUB_ACTIONS", "AWS_ENDPOINT_URL"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(deploy, "approve", lambda *_: STACK)
    monkeypatch.setattr(deploy, "require", lambda *_: None)
    monkeypatch.setattr(deploy, "deploy_assembly", deploy_assembly)
    return given


def test_what_is_approved_is_what_is_deployed(
    examples: Workspace, tmp_path: Path, steps: dict[str, Any]
) -> None:
    commit = Commit("a" * 40, clean=True)
    provenance.write(tmp_path, Provenance(commit, {"production": "aws"}))
    digest = attestation.write(tmp_path, ["production"], commit)
    assert deploy.run(examples, name="production", assembly=tmp_path) == 0
    assert steps == {"approval": Approval(commit, STACK, digest)}


def test_without_an_assembly_the_checkout_is_approved(
    examples: Workspace, steps: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    commit = Commit("a" * 40, clean=True)
    monkeypatch.setattr(deploy, "current_commit", lambda _root: commit)
    monkeypatch.setattr(deploy, "scanned_assembly", lambda *_: Path("assembly"))
    assert deploy.run(examples, name="production", assembly=None) == 0
    assert steps == {"approval": Approval(commit, STACK)}


@pytest.mark.parametrize("targets", [{"production": "embedded"}, {}])
def test_an_assembly_for_another_target_is_not_deployed_to_aws(
    examples: Workspace, tmp_path: Path, steps: dict[str, Any], targets: dict[str, str]
) -> None:
    provenance.write(tmp_path, Provenance(None, targets))
    attestation.write(tmp_path, ["production"])
    with pytest.raises(PlatformError, match="production was synthesised for the target"):
        deploy.run(examples, name="production", assembly=tmp_path)
    assert steps == {}
