"""The version whose policies count."""

from __future__ import annotations

from pathlib import Path

import pytest

from catalog_platform.manifest import Manifests
from catalog_platform.pipeline.judge import judge_at
from catalog_platform.versions.comparison_base import Base
from catalog_platform.workspace import Workspace
from support.plans import PlanRepository


def test_it_is_a_copy_of_the_base_as_long_as_it_is_used(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = PlanRepository.with_two_shops(tmp_path / "repository", monkeypatch)
    waivers = made.workspace.policies / "waivers.yaml"
    waivers.parent.mkdir()
    waivers.write_text("waivers: []\n")
    made.repository.commit("policies")
    waivers.write_text("other\n")
    base = Base("main", made.repository.head())
    with judge_at(Manifests(made.workspace), base) as judge:
        assert judge is not None
        assert (judge.policies / "waivers.yaml").read_text() == "waivers: []\n"
        assert judge.environment_names() == ("other", "shop")
    assert not judge.policies.exists()


def test_without_a_base_it_is_nothing_else_than_the_working_tree(examples: Workspace) -> None:
    with judge_at(Manifests(examples), None) as judge:
        assert judge is None
