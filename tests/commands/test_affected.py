"""The verb `affected`."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from catalog_platform.commands import affected
from support.checkouts import IDENTITY
from support.manifests import VALID
from support.plans import PlanRepository

pytestmark = pytest.mark.synth

OTHER = VALID.replace("sample", "other").replace("10.55", "10.66")


@pytest.fixture
def made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> PlanRepository:
    for name, value in IDENTITY.items():
        monkeypatch.setenv(name, value)
    return PlanRepository.create(tmp_path / "repository", monkeypatch, sample=VALID, other=OTHER)


def printed(made: PlanRepository, capsys: pytest.CaptureFixture[str], form: str) -> tuple[int, str]:
    """Return the exit code and the output."""
    code = affected.run(made.workspace, base="main", format=form)
    return code, capsys.readouterr().out


def test_nothing_is_listed_when_nothing_differs(
    made: PlanRepository, capsys: pytest.CaptureFixture[str]
) -> None:
    assert printed(made, capsys, "text") == (0, "")
    assert printed(made, capsys, "json") == (0, '{\n  "affected": []\n}\n')


def test_changed_and_unknown_environments_are_listed_with_their_keys(
    made: PlanRepository, capsys: pytest.CaptureFixture[str]
) -> None:
    made.write("sample", f"{VALID}stream: {{shards: 3}}\n")
    made.write("other", f"{OTHER}stream: {{shards: many}}\n")
    code, text = printed(made, capsys, "text")
    assert (code, text.splitlines()[1]) == (1, "sample: changed: stream.shards")
    _, text = printed(made, capsys, "json")
    assert {each["environment"]: each["status"] for each in json.loads(text)["affected"]} == {
        "other": "unknown",
        "sample": "changed",
    }


def test_a_renamed_environment_names_its_old_name(
    made: PlanRepository, capsys: pytest.CaptureFixture[str]
) -> None:
    (made.workspace.environments / "other.yaml").unlink()
    made.write("store", OTHER.replace("other", "store"))
    code, text = printed(made, capsys, "text")
    assert (code, text) == (0, "store: renamed from other: environment.name\n")
    _, text = printed(made, capsys, "json")
    assert json.loads(text)["affected"] == [
        {
            "environment": "store",
            "status": "renamed",
            "from": "other",
            "keys": ["environment.name"],
            "code": False,
            "target": "aws",
        }
    ]


def test_code_that_changes_no_stack_affects_no_environment(
    made: PlanRepository, capsys: pytest.CaptureFixture[str]
) -> None:
    code = made.workspace.root / "platform" / "catalog_platform" / "module.py"
    code.parent.mkdir(parents=True)
    code.write_text("# refactored\n")
    assert printed(made, capsys, "text") == (0, "")
