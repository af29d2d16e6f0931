"""The verb `plan`."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from catalog_platform.commands import plan
from support.checkouts import IDENTITY
from support.manifests import VALID
from support.plans import PlanRepository

pytestmark = pytest.mark.synth


@pytest.fixture
def made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> PlanRepository:
    for name, value in IDENTITY.items():
        monkeypatch.setenv(name, value)
    return PlanRepository.create(tmp_path / "repository", monkeypatch, sample=VALID)


def test_a_safe_plan_exits_0_and_a_change_that_needs_an_acknowledgement_1(
    made: PlanRepository, capsys: pytest.CaptureFixture[str]
) -> None:
    made.write("sample", f"{VALID}stream: {{shards: 3}}\n")
    assert plan.run(made.workspace, names=[], base="main", format="text") == 0
    assert "Stream/Stream/Resource" in capsys.readouterr().out
    made.write("sample", f"{VALID}stream: {{retention_hours: 96}}\n")
    assert plan.run(made.workspace, names=["sample"], base="main", format="json") == 1
    printed = json.loads(capsys.readouterr().out)
    assert printed["schema_version"] == 1
    (environment,) = printed["environments"]
    assert environment["verdict"] == "lost"
    assert None not in environment.values()


def test_an_environment_that_is_not_known_exits_1(
    made: PlanRepository, capsys: pytest.CaptureFixture[str]
) -> None:
    made.write("sample", f"{VALID}stream: {{shards: many}}\n")
    assert plan.run(made.workspace, names=[], base="main", format="text") == 1
    assert "sample: unknown" in capsys.readouterr().out
