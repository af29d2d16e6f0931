"""The environments that a plan synthesises, counted without synthesis."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from catalog_platform.commands import shards
from catalog_platform.infra import app
from catalog_platform.manifest import Manifests
from catalog_platform.pipeline.planning.candidates import candidates
from support.plans import OTHER, PlanRepository


@pytest.fixture
def made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> PlanRepository:
    made = PlanRepository.with_two_shops(tmp_path / "repository", monkeypatch)
    monkeypatch.delattr(app, "synthesise")
    return made


def found(made: PlanRepository) -> tuple[str, ...]:
    return candidates(Manifests(made.workspace), "main")


def write(made: PlanRepository, path: str) -> None:
    file = made.workspace.root / path
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text("# edited\n")


def test_an_environment_counts_if_its_values_differ_or_one_side_does_not_have_it(
    made: PlanRepository,
) -> None:
    assert found(made) == ()
    made.write("other", f"# a comment\n{OTHER}")
    assert found(made) == ()
    made.edit("shop", "shards: 2", "shards: 3")
    assert found(made) == ("shop",)
    (made.workspace.environments / "other.yaml").unlink()
    made.write("third", OTHER.replace("other", "third").replace("5555", "7777"))
    assert found(made) == ("other", "shop", "third")


def test_a_renamed_environment_counts_once(made: PlanRepository) -> None:
    (made.workspace.environments / "other.yaml").unlink()
    made.write("third", OTHER.replace("other", "third"))
    assert found(made) == ("third",)


def test_a_broken_environment_counts(made: PlanRepository) -> None:
    made.edit("shop", "shards: 2", "shards: many")
    assert found(made) == ("shop",)


@pytest.mark.parametrize("path", ["platform/catalog_platform/module.py", "policies/waivers.yaml"])
def test_all_environments_count_if_the_code_or_a_policy_differs(
    made: PlanRepository, path: str
) -> None:
    write(made, path)
    assert found(made) == ("other", "shop")


@pytest.mark.parametrize(("largest", "expected"), [(1, ["1/2", "2/2"]), (2, [])])
def test_the_shards_are_printed_as_json(
    made: PlanRepository,
    capsys: pytest.CaptureFixture[str],
    largest: int,
    expected: list[str],
) -> None:
    write(made, "policies/waivers.yaml")
    assert shards.run(made.workspace, base="main", largest=largest) == 0
    text = capsys.readouterr().out
    assert json.loads(text) == expected
    assert text.count("\n") == 1
