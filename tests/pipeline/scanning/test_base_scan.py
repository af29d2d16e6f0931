"""The base's own scan, with real stacks and policies; `test_compare` has its failures."""

from __future__ import annotations

from pathlib import Path

import pytest

from catalog_platform.findings import has_errors
from catalog_platform.manifest import Manifests
from catalog_platform.pipeline.scanning.compare import Comparison, scan_compared
from catalog_platform.pipeline.synth import build_assembly
from catalog_platform.policy.results import ScanResult
from catalog_platform.terminal.progress import Progress
from catalog_platform.versions import comparison_base
from support import templates
from support.plans import PlanRepository
from support.templates import python_policy

pytestmark = pytest.mark.synth

SHARDS = python_policy(
    kind="AWS::Kinesis::Stream",
    body="self.evaluated_keys = ['Properties/ShardCount']; return CheckResult.FAILED",
)


@pytest.fixture
def made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> PlanRepository:
    made = PlanRepository.with_two_shops(tmp_path / "repository", monkeypatch)
    templates.policies(made.workspace.policies, rule_py=SHARDS)
    (made.workspace.root / ".gitignore").write_text("/build/\n__pycache__/\n")
    made.repository.commit("policies")
    return made


def scanned(made: PlanRepository, *names: str) -> ScanResult:
    """Synthesise the working tree, and compare its scan with that of `main`."""
    workspace, manifests, quiet = made.workspace, Manifests(made.workspace), Progress(quiet=True)
    assembly = build_assembly(workspace, manifests, names, workspace.build / "a", None, quiet)
    comparison = Comparison(base=comparison_base.find(workspace, "main"))
    return scan_compared(workspace, manifests, names, assembly, comparison, quiet)


def test_only_a_changed_value_of_an_edited_environment_is_new(made: PlanRepository) -> None:
    made.edit("shop", "shards: 2", "shards: 3")
    result = scanned(made, "shop", "other")
    found = {each.environment: each for each in result.results if each.policy == "OUR_1"}
    assert {name: each.status for name, each in found.items()} == {
        "shop": "new",
        "other": "unchanged",
    }
    others = {each.status for each in result.results if each.policy != "OUR_1"}
    assert others == {"unchanged"}
    assert [each.rule for each in result.findings if has_errors([each])] == ["OUR_1"]
    made.edit("shop", "shards: 3", "shards: 2")
    made.edit("defaults", "owner: catalog-platform", "owner: other-team")
    result = scanned(made, "shop")
    # A policy that names no property is about all of them, tags included.
    assert {each.status for each in result.results if each.paths} == {"unchanged"}
    assert "OUR_1" in {each.policy for each in result.results if each.paths}
    assert "OUR_1" not in {each.rule for each in result.findings if has_errors([each])}
    assert result.fixed == ()
