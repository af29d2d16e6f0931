"""The command line of the embedded AWS reports progress, results and failures as JSON lines."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import pytest

from catalog_platform.errors import PlatformError, ToolError
from catalog_platform.local import launcher
from catalog_platform.workspace import Toolchain, Workspace


def toolchain(folder: Path, *lines: dict[str, Any] | str, returncode: int = 0) -> Toolchain:
    """Return tools whose embedded AWS prints the lines, and appends its arguments to a file."""
    program = folder / ".venv-embedded" / "bin" / "python"
    program.parent.mkdir(parents=True)
    text = "\n".join(line if isinstance(line, str) else json.dumps(line) for line in lines)
    program.write_text(
        f"#!{sys.executable}\nimport sys\n"
        f"open({str(folder / 'calls')!r}, 'a').write(' '.join(sys.argv[1:]) + '\\n')\n"
        f"print({text!r})\nsys.exit({returncode})\n",
        encoding="utf-8",
    )
    program.chmod(0o755)
    return Toolchain(folder)


def start(folder: Path, tools: Toolchain, **options: Any) -> Any:
    return launcher.start(
        Workspace(folder), tools, account="000000000001", region="us-east-1", **options
    )


def test_progress_is_passed_on_and_options_are_given(tmp_path: Path) -> None:
    lines: list[str] = []
    tools = toolchain(tmp_path, {"progress": "starting"}, "a warning", "7", {"progress": "ready"})
    with pytest.raises(PlatformError, match="stopped by another command"):
        start(tmp_path, tools, on_progress=lines.append, fresh=True, endpoint_port=7, owner=1)
    assert lines == ["starting", "ready"]
    call = (tmp_path / "calls").read_text(encoding="utf-8")
    assert call.startswith(f"-m embedded_aws start {tmp_path / '.local'} --account 000000000001")
    assert call.endswith("--fresh --port 7 --owner 1\n")


def test_an_expected_failure_has_its_message_and_hint(tmp_path: Path) -> None:
    failure = {"error": "the disk is full", "hint": "free some space", "log": ""}
    with pytest.raises(PlatformError, match="the disk is full") as caught:
        start(tmp_path, toolchain(tmp_path, failure, returncode=1))
    assert caught.value.hint == "free some space"
    assert not isinstance(caught.value, ToolError)
    assert len((tmp_path / "calls").read_text(encoding="utf-8").splitlines()) == 1


def test_a_server_that_fails_has_the_end_of_its_log(tmp_path: Path) -> None:
    failure = {"error": "postgres ended while starting", "hint": "", "log": "FATAL"}
    with pytest.raises(ToolError, match="postgres ended while starting") as caught:
        start(tmp_path, toolchain(tmp_path, failure, returncode=1))
    assert caught.value.tail == "FATAL"


def test_a_bug_of_the_program_is_shown_with_its_output(tmp_path: Path) -> None:
    with pytest.raises(ToolError, match="exit code 3") as caught:
        start(tmp_path, toolchain(tmp_path, "Traceback: a bug", returncode=3))
    assert caught.value.tail == "Traceback: a bug"
    assert "make setup" in caught.value.hint


def test_an_interrupted_start_is_stopped(tmp_path: Path) -> None:
    def interrupt(_line: str) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        start(tmp_path, toolchain(tmp_path, {"progress": "ready"}), on_progress=interrupt)
    first, second = (tmp_path / "calls").read_text(encoding="utf-8").splitlines()
    assert " start " in first
    assert second == f"-m embedded_aws stop {tmp_path / '.local'}"


def test_a_missing_environment_names_the_fix(tmp_path: Path) -> None:
    with pytest.raises(PlatformError, match="environment of the embedded AWS is missing") as caught:
        start(tmp_path, Toolchain(tmp_path))
    assert caught.value.hint == "run `make setup`"


def test_types_without_effect_are_listed() -> None:
    found = launcher.emulated_types(Toolchain.installed())
    assert found["AWS::EC2::VPC"].fidelity == "recorded"
    assert found["AWS::Kinesis::Stream"].fidelity == "real"
