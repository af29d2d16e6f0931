from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from catalog_platform.errors import PlatformError
from catalog_platform.manifest import Manifests
from catalog_platform.pipeline import preflight
from catalog_platform.release.preflight import runner
from catalog_platform.release.preflight.model import (
    CheckResult,
    Preflight,
    failed,
    not_checked,
    passed,
    warning,
)
from catalog_platform.terminal.progress import Progress
from support.aws import FakeSession
from support.manifests import VALID, a_repository

FOUND = Preflight(
    "sample",
    "555555555555",
    "eu-west-1",
    (
        CheckResult("account", passed("as expected")),
        CheckResult("names", failed("taken\x1b[31m", hint="rename it", key="network.cidr")),
        CheckResult("zones", not_checked("needs the permission ec2:DescribeVpcs")),
        CheckResult("alarm-receivers", warning("example", hint="enter another")),
    ),
)
HARMLESS = Preflight("sample", "555555555555", "eu-west-1", FOUND.results[2:])
REPLACED = "\N{REPLACEMENT CHARACTER}"
QUIET = Progress(quiet=True, console=Console(file=io.StringIO()))


class Embedded(FakeSession):
    @property
    def on_this_machine(self) -> bool:
        return True


@pytest.fixture
def manifests(tmp_path: Path) -> Manifests:
    return Manifests(a_repository(tmp_path / "r", sample=VALID))


def require(
    monkeypatch: pytest.MonkeyPatch, manifests: Manifests, found: Preflight, session: Any = None
) -> None:
    monkeypatch.setattr(runner, "run", lambda *_: found)
    manifest = manifests.load("sample")
    preflight.require(session or FakeSession(), manifests, manifest, Path(), QUIET)


def test_the_text_has_the_worst_first_with_place_and_fix(manifests: Manifests) -> None:
    assert preflight.as_text(FOUND, manifests).splitlines() == [
        "account 555555555555, region eu-west-1",
        f"failed: names: environments/sample.yaml:6:3: network.cidr: taken{REPLACED}[31m",
        "    fix: rename it",
        "warning: alarm-receivers: example",
        "    fix: enter another",
        "not checked: zones: needs the permission ec2:DescribeVpcs",
        "passed: account: as expected",
        "1 failed, 1 warning, 1 not checked, 1 passed",
    ]


def test_the_json_has_every_result_in_order(manifests: Manifests) -> None:
    content = json.loads(preflight.as_json(FOUND, manifests))
    assert {key: content[key] for key in ("schema_version", "environment", "failed")} == {
        "schema_version": 1,
        "environment": "sample",
        "failed": True,
    }
    assert content["results"][:2] == [
        {"check": "account", "status": "passed", "message": "as expected"},
        {
            "check": "names",
            "status": "failed",
            "message": "taken\x1b[31m",
            "hint": "rename it",
            "key": "network.cidr",
            "file": "environments/sample.yaml",
            "line": 6,
            "column": 3,
        },
    ]


def test_a_failed_check_prevents_the_deployment_and_is_printed(
    manifests: Manifests, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(
        PlatformError, match="sample: not deployed: 1 check of the account"
    ) as caught:
        require(monkeypatch, manifests, FOUND)
    assert caught.value.hint.endswith("catalogctl preflight sample")
    shown = capsys.readouterr()
    assert "failed: names: environments/sample.yaml:6:3" in shown.err
    assert "not checked: zones" in shown.err
    assert "passed" not in shown.err
    assert shown.out == ""


def test_warnings_and_missing_permissions_prevent_nothing(
    manifests: Manifests, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    require(monkeypatch, manifests, HARMLESS)
    assert "needs the permission" in capsys.readouterr().err


def test_the_embedded_aws_is_quiet_about_what_it_cannot_answer(
    manifests: Manifests, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    require(monkeypatch, manifests, HARMLESS, Embedded())
    shown = capsys.readouterr().err
    assert "not checked" not in shown
    assert "warning: alarm-receivers" in shown
