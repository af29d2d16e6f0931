from __future__ import annotations

import json
from pathlib import Path

import pytest

from catalog_platform.aws.session import Session
from catalog_platform.commands import preflight
from catalog_platform.errors import PlatformError, UsageError
from catalog_platform.release import provenance
from catalog_platform.release.preflight.model import CheckResult, Preflight, failed, passed
from catalog_platform.release.provenance import Provenance
from catalog_platform.workspace import Workspace
from support.manifests import a_repository, with_lines


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    text = with_lines("release:\n  target: embedded\n")
    return a_repository(tmp_path / "repository", sample=text)


@pytest.mark.parametrize(("is_failed", "code"), [(True, 1), (False, 0)])
def test_the_exit_code_says_whether_a_check_has_failed(
    workspace: Workspace,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    is_failed: bool,
    code: int,
) -> None:
    result = failed("no", hint="do") if is_failed else passed("yes")
    found = Preflight("sample", "1", "eu-west-1", (CheckResult("account", result),))
    monkeypatch.setattr(preflight, "session_of", lambda *_: Session("eu-west-1"))
    monkeypatch.setattr(preflight, "look", lambda *_: found)
    assert preflight.run(workspace, name="sample", assembly=tmp_path, format="json") == code
    assert json.loads(capsys.readouterr().out)["failed"] is is_failed
    preflight.run(workspace, name="sample", assembly=tmp_path, format="text")
    assert "account: " in capsys.readouterr().out


def test_a_missing_assembly_is_a_usage_error(workspace: Workspace, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no such folder"):
        preflight.run(workspace, name="sample", assembly=tmp_path / "nowhere", format="text")


def test_a_target_that_is_not_running_fails_before_synthesis(workspace: Workspace) -> None:
    with pytest.raises(PlatformError, match="the embedded AWS is not running"):
        preflight.run(workspace, name="sample", assembly=None, format="text")


def test_an_assembly_for_another_target_is_refused_as_by_the_deployment(
    examples: Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("AWS_ENDPOINT_URL", raising=False)
    monkeypatch.setattr(preflight, "look", lambda *_: pytest.fail("looked"))
    provenance.write(tmp_path, Provenance(None, {"production": "embedded"}))
    with pytest.raises(PlatformError, match="synthesised for the target embedded"):
        preflight.run(examples, name="production", assembly=tmp_path, format="text")
