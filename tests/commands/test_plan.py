"""The verb `plan`."""

from __future__ import annotations

import json
import subprocess
import sys
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


def test_the_plan_is_also_written_for_a_comment_and_for_programs(
    made: PlanRepository, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    made.write("sample", f"{VALID}stream: {{shards: 3}}\n")
    out = tmp_path / "new" / "folder"
    assert plan.run(made.workspace, names=[], base="main", out=out, format="text") == 0
    assert capsys.readouterr().out.startswith("the working tree (")
    assert (out / "plan.md").read_text().startswith("<!-- catalogctl plan -->\n")
    assert json.loads((out / "plan.json").read_text())["schema_version"] == 1


@pytest.mark.parametrize("verb", ["plan", "affected"])
def test_nothing_heavy_is_loaded_and_nothing_synthesised_when_nothing_changed(
    verb: str, made: PlanRepository
) -> None:
    code = (
        "import json, sys\n"
        "from catalog_platform import cli\n"
        f"code = cli.main(['-C', {str(made.workspace.root)!r}, {verb!r}])\n"
        "names = ('aws_cdk', 'jsii', 'checkov', 'boto3', 'botocore', 'cfnlint', 'psycopg')\n"
        "print(json.dumps([code, sorted({*names} & {*sys.modules})]), file=sys.stderr)\n"
    )
    finished = subprocess.run(
        [sys.executable, "-c", code], text=True, capture_output=True, timeout=60, check=True
    )
    assert json.loads(finished.stderr.splitlines()[-1]) == [0, []]
    assert not (made.workspace.build / "stacks").exists()
