"""The verb `cost`."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from catalog_platform.commands import cost
from catalog_platform.errors import FindingsError, UsageError
from support.checkouts import IDENTITY
from support.manifests import ROOT, VALID
from support.plans import PlanRepository

pytestmark = pytest.mark.synth


@pytest.fixture
def made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> PlanRepository:
    for name, value in IDENTITY.items():
        monkeypatch.setenv(name, value)
    repository = PlanRepository.create(tmp_path / "repository", monkeypatch, sample=VALID)
    shutil.copytree(ROOT / "policies" / "prices", repository.workspace.policies / "prices")
    return repository


def test_it_prints_the_bill_of_the_working_tree(
    made: PlanRepository, capsys: pytest.CaptureFixture[str]
) -> None:
    made.write("sample", f"{VALID}stream: {{shards: 7}}\n")
    assert cost.run(made.workspace, name="sample", format="text") == 0
    text = capsys.readouterr().out
    assert text.startswith("sample: ")
    assert "shards 7: 5,110 at " in text
    assert "unknown, not in the total:" not in text
    assert cost.run(made.workspace, name="sample", format="json") == 0
    found = json.loads(capsys.readouterr().out)
    assert f"sample: {found['total']:,.2f} USD" in text


def test_bad_input_is_an_expected_failure(made: PlanRepository) -> None:
    with pytest.raises(UsageError, match="unknown environment"):
        cost.run(made.workspace, name="other", format="text")
    embedded = (ROOT / "tests" / "manifests" / "environments" / "local.yaml").read_text()
    made.write("local", embedded)
    with pytest.raises(UsageError, match="AWS bills nothing"):
        cost.run(made.workspace, name="local", format="text")
    (made.workspace.policies / "prices" / "aws.tsv").write_text("id\n")
    with pytest.raises(FindingsError):
        cost.run(made.workspace, name="sample", format="text")
