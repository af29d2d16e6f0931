"""The command line prints JSON lines; failures are one message without a traceback."""

from __future__ import annotations

import json
import os
import signal
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from embedded_aws import cli
from embedded_aws.errors import EmbeddedAwsError, ProgramError
from embedded_aws.servers import launcher


@pytest.fixture(autouse=True)
def _unchanged_process() -> Iterator[None]:
    mask, handler = os.umask(0o022), signal.getsignal(signal.SIGTERM)
    yield
    os.umask(mask)
    signal.signal(signal.SIGTERM, handler)


def fail(error: BaseException) -> Callable[..., bool]:
    def raise_it(*_arguments: object, **_options: object) -> bool:
        raise error

    return raise_it


def test_a_stop_reports_whether_anything_ran(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(["stop", str(tmp_path / "nothing")]) == 0
    assert json.loads(capsys.readouterr().out) == {"stopped": False}
    assert not (tmp_path / "nothing").exists()


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        (EmbeddedAwsError("no", hint="do"), {"error": "no", "hint": "do", "log": ""}),
        (ProgramError("no", log="end"), {"error": "no", "hint": "", "log": "end"}),
    ],
)
def test_an_expected_failure_is_one_object(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    error: EmbeddedAwsError,
    expected: dict[str, str],
) -> None:
    monkeypatch.setattr(launcher, "stop", fail(error))
    assert cli.main(["stop", str(tmp_path)]) == 1
    assert json.loads(capsys.readouterr().out) == expected


def test_an_interruption_prints_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(launcher, "stop", fail(KeyboardInterrupt()))
    assert cli.main(["stop", str(tmp_path)]) == 130
    assert capsys.readouterr().out == ""


def test_an_owner_that_does_not_run_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    options = ["--account", "000000000001", "--region", "us-east-1", "--owner", str(2**22 + 1)]
    assert cli.main(["start", str(tmp_path), *options]) == 1
    assert "there is no process" in capsys.readouterr().out


def test_resource_types_are_listed(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["resource-types"]) == 0
    found = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert {"real", "partly", "recorded"} == {entry["fidelity"] for entry in found}
