"""The plan of a repository's working tree."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
from msgspec import UNSET

from catalog_platform.errors import UsageError
from catalog_platform.infra import app
from catalog_platform.report import plan_markdown
from support.checkouts import IDENTITY
from support.manifests import ROOT
from support.plans import OTHER, SHOP, PlanRepository, changes_by_resource

pytestmark = pytest.mark.synth


@pytest.fixture
def made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> PlanRepository:
    return PlanRepository.with_two_shops(tmp_path / "repository", monkeypatch)


def test_an_edit_changes_its_environment_only_and_names_its_line(made: PlanRepository) -> None:
    made.edit("shop", "shards: 2", "shards: 3")
    plan = made.plan()
    assert (plan.base.ref, plan.head.dirty) == ("main", True)
    other, shop = plan.environments
    assert (other.status, other.changes, other.verdict) == ("unchanged", [], "safe")
    assert shop.cost is UNSET  # without a table of prices
    assert (shop.status, shop.code, shop.verdict) == ("changed", False, "safe")
    assert [(key.key, key.old, key.new, key.file, key.line) for key in shop.keys] == [
        ("stream.shards", 2, 3, "environments/shop.yaml", 8)
    ]
    change = changes_by_resource(shop)["Stream/Stream/Resource"]
    assert [(each.path, each.old, each.new) for each in change.properties] == [("ShardCount", 2, 3)]
    assert [(each.kind, each.key, each.line) for each in change.because] == [
        ("key", "stream.shards", 8)
    ]
    assert change.group == "stream.shards"


def test_an_edit_of_the_defaults_changes_all_environments_that_use_it(made: PlanRepository) -> None:
    made.edit("defaults", "owner: catalog-platform", "owner: other-team")
    assert set(made.statuses().values()) == {"changed"}


def test_an_edit_that_changes_no_stack_leaves_it_unchanged(made: PlanRepository) -> None:
    made.edit("shop", "shards: 2", "shards: 2  # sized in May")
    assert made.statuses() == {"other": "unchanged", "shop": "unchanged"}


def test_several_edits_of_one_resource_are_all_its_cause(made: PlanRepository) -> None:
    made.edit("shop", "shards: 2", "shards: 3\n  retention_hours: 120")
    change = changes_by_resource(made.environment("shop"))["Stream/Stream/Resource"]
    assert [each.key for each in change.because] == ["stream.shards", "stream.retention_hours"]
    assert change.verdict == "lost"


def test_edits_that_the_cdk_refuses_alone_are_one_cause(made: PlanRepository) -> None:
    made.edit("shop", "shards: 2", "shards: null\n  mode: on_demand")
    change = changes_by_resource(made.environment("shop"))["Stream/Stream/Resource"]
    assert {each.key for each in change.because} == {"stream.shards", "stream.mode"}


def test_a_new_a_removed_and_a_broken_environment(made: PlanRepository) -> None:
    third = OTHER.replace("other", "third").replace("10.56", "10.57").replace("5" * 12, "6" * 12)
    made.write("third", third)
    (made.workspace.environments / "other.yaml").unlink()
    made.edit("shop", "shards: 2", "shards: many")
    assert made.statuses() == {"other": "removed", "shop": "unknown", "third": "added"}
    plan = {each.environment: each for each in made.plan().environments}
    assert {each.verdict for each in plan["other"].changes} == {"orphaned"}
    assert {each.action for each in plan["third"].changes} == {"add"}
    (finding,) = plan["shop"].findings or []
    assert (finding.side, finding.file, finding.line) == ("head", "environments/shop.yaml", 8)


def test_a_base_that_is_broken_is_unknown_and_not_unchanged(made: PlanRepository) -> None:
    made.edit("shop", "shards: 2", "shards: many")
    made.repository.commit("break it")
    made.edit("shop", "shards: many", "shards: 2")
    assert made.statuses() == {"other": "unchanged", "shop": "unknown"}
    (finding,) = made.environment("shop").findings or []
    assert finding.side == "base"


def test_another_region_leaves_the_old_stack_where_it_is(made: PlanRepository) -> None:
    made.edit("shop", 'account: "555555555555"', 'account: "666666666666"')
    shop = made.environment("shop")
    assert [(each.type, each.verdict, each.blocking) for each in shop.stack_changes] == [
        ("stack", "at_risk", True)
    ]
    assert {each.action for each in shop.changes} == {"add"}
    causes = [each.because for each in (*shop.stack_changes, *shop.changes)]
    assert {(each.key, each.line) for each in causes[0]} == {("environment.account", 4)}
    assert causes == [causes[0]] * len(causes)


def test_termination_protection_is_no_part_of_the_template_and_still_a_change(
    made: PlanRepository,
) -> None:
    made.edit("shop", "stream:", "release: {termination_protection: true}\nstream:")
    shop = made.environment("shop")
    assert (shop.status, shop.changes) == ("changed", [])
    (change,) = shop.stack_changes
    assert [each.path for each in change.properties] == ["termination_protection"]
    assert [(each.key, each.file, each.line) for each in change.because] == [
        ("release.termination_protection", "environments/shop.yaml", 7)
    ]
    assert change.group == "release.termination_protection"


def test_an_unknown_environment_or_commit_is_refused(made: PlanRepository) -> None:
    with pytest.raises(UsageError, match="unknown environment 'shp'"):
        made.plan("shp")
    with pytest.raises(UsageError, match="no such commit"):
        made.plan(base="nothing")


def test_a_shallow_clone_without_the_base_names_the_command_that_fetches_it(
    made: PlanRepository, tmp_path: Path
) -> None:
    made.repository.commit("a second one")
    source = made.workspace.root.as_uri()
    command = ["git", "clone", "-q", "--depth", "1", source, str(tmp_path / "shallow")]
    subprocess.run(command, check=True, timeout=60)
    with pytest.raises(UsageError) as caught:
        PlanRepository(type(made.workspace)(tmp_path / "shallow"), made.repository).plan(
            base="main~1"
        )
    assert "git fetch" in (caught.value.hint or "")


def test_what_changes_on_aws_has_its_cost_if_there_are_prices(made: PlanRepository) -> None:
    shutil.copytree(ROOT / "policies" / "prices", made.workspace.policies / "prices")
    made.edit("shop", "shards: 2", "shards: 3")
    embedded = (ROOT / "tests" / "manifests" / "environments" / "local.yaml").read_text()
    made.write("local", embedded)
    plans = {each.environment: each for each in made.plan().environments}
    assert {name: each.status for name, each in plans.items()} == {
        "local": "added",
        "other": "unchanged",
        "shop": "changed",
    }
    assert (plans["local"].cost, plans["other"].cost) == (UNSET, UNSET)
    cost = plans["shop"].cost
    assert cost is not UNSET
    assert (cost.unknown, cost.new > cost.old > 0) == ([], True)
    assert cost.difference == pytest.approx(cost.new - cost.old, abs=0.005)


def test_an_environment_that_moves_to_aws_costs_nothing_before_and_one_that_leaves_it_stays(
    made: PlanRepository,
) -> None:
    shutil.copytree(ROOT / "policies" / "prices", made.workspace.policies / "prices")
    made.edit("shop", "stream:\n", "release: {target: embedded}\nstream:\n")
    made.repository.commit("the shop is local")
    made.edit("shop", "target: embedded", "target: aws")
    made.edit("other", "stream:\n", "release: {target: embedded}\nstream:\n")
    moved, left = (made.environment(name).cost for name in ("shop", "other"))
    assert moved is not UNSET
    assert left is not UNSET
    assert (moved.old, moved.new, left.difference) == (0, left.new, 0)
    assert left.new > 0
    assert left.assumptions[0].startswith("the deployed stack stays in the account")


@pytest.mark.parametrize("side", ["base", "head"])
def test_a_template_that_is_garbage_is_unknown_and_not_unchanged(
    made: PlanRepository, monkeypatch: pytest.MonkeyPatch, side: str
) -> None:
    synthesise = app.synthesise

    def broken(environments: Any, out: Path, **options: Any) -> Path:
        assembly = synthesise(environments, out, **options)
        if out.name.startswith(f"{side}-"):
            for template in assembly.glob("*.template.json"):
                template.write_text('{"Resources": {"A": 1}}')
        return assembly

    monkeypatch.setattr(app, "synthesise", broken)
    made.edit("shop", "shards: 2", "shards: 3")
    shop = made.environment("shop")
    assert (shop.status, shop.changes) == ("unknown", [])
    assert shop.findings is not UNSET
    assert [(each.side, each.rule) for each in shop.findings] == [(side, f"{side}-not-synthesised")]
    assert "catalog-shop.template.json: A: must be a JSON object" in shop.findings[0].message


@pytest.mark.exhaustive
def test_one_change_in_two_hundred_environments_is_planned_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in IDENTITY.items():
        monkeypatch.setenv(name, value)
    environments = {
        f"shop{number}": SHOP.replace("shop", f"shop{number}").replace("10.55", f"10.{number}")
        for number in range(200)
    }
    many = PlanRepository.create(tmp_path / "many", monkeypatch, **environments)
    many.edit("shop7", "shards: 2", "shards: 3")
    plan = many.plan()
    statuses = {each.environment: each.status for each in plan.environments}
    assert [name for name, status in statuses.items() if status != "unchanged"] == ["shop7"]
    assert len(statuses) == 200
    text = plan_markdown.render(plan)
    assert len(text) <= plan_markdown.LIMIT
    assert "stream.shards" in text


def test_a_renamed_environment_is_another_stack_and_leaves_the_old_one(
    made: PlanRepository,
) -> None:
    shutil.copytree(ROOT / "policies" / "prices", made.workspace.policies / "prices")
    made.write("store", SHOP.replace("shop", "store"))
    (made.workspace.environments / "shop.yaml").unlink()
    (store,) = made.plan("shop").environments
    assert store.cost is not UNSET
    assert store.cost.new == pytest.approx(2 * store.cost.old, abs=0.005)
    assert (store.environment, store.status, store.from_) == ("store", "renamed", "shop")
    assert [(row.resource, row.action, row.verdict) for row in store.stack_changes] == [
        ("(stack)", "replace", "at_risk"),
        ("(stack catalog-shop)", "remove", "orphaned"),
    ]
    assert {row.action for row in store.changes} == {"add"}
    assert {row.group for row in (*store.stack_changes, *store.changes)} == {"environment.name"}
    assert [(key.key, key.old, key.new) for key in store.keys] == [
        ("environment.name", "shop", "store")
    ]
    assert made.statuses() == {"other": "unchanged", "store": "renamed"}


def test_a_removed_key_has_the_line_of_the_base(made: PlanRepository) -> None:
    made.edit("shop", "stream:\n", "tags: {team: shop}\nstream:\n")
    made.repository.commit("add a tag")
    made.edit("shop", "tags: {team: shop}\n", "")
    (key,) = made.environment("shop").keys
    assert (key.key, key.side, key.file, key.line) == (
        "tags.team",
        "base",
        "environments/shop.yaml",
        7,
    )
