from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from catalog_platform.commands import synth
from catalog_platform.errors import UsageError
from catalog_platform.workspace import Workspace
from support.manifests import VALID, a_repository


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    return a_repository(tmp_path / "r", sample=VALID, other=VALID)


def test_the_path_goes_to_stdout_and_progress_to_stderr(
    workspace: Workspace, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    given: list[Any] = []

    def build(*arguments: Any) -> Any:
        given.append(arguments)
        return arguments[3]

    monkeypatch.setattr(synth, "build_deployable", build)
    out = workspace.root / "out"
    assert synth.run(workspace, names=[], out=out, target="embedded") == 0
    printed = capsys.readouterr()
    assert printed.out == f"{out}\n"
    assert "synthesise other, sample" in printed.err
    ((_, _, names, folder, target, _),) = given
    assert (list(names), folder, target) == (["other", "sample"], out, "embedded")


def test_an_unknown_environment_is_a_usage_error(workspace: Workspace) -> None:
    with pytest.raises(UsageError, match="unknown environment 'sampel'"):
        synth.run(workspace, names=["sampel"], out=workspace.root / "out", target=None)


def test_the_command_itself_starts_without_the_cdk() -> None:
    script = (
        "import sys, catalog_platform.commands.synth\n"
        "sys.exit('aws_cdk' in sys.modules or 'jsii' in sys.modules)\n"
    )
    assert subprocess.run([sys.executable, "-c", script], check=False).returncode == 0
