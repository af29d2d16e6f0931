"""The causes of changes that no template shows."""

from __future__ import annotations

from catalog_platform.pipeline.planning.stack_causes import as_additions, with_keys
from catalog_platform.plan.environment import changes_of_stack
from catalog_platform.plan.model import Change, KeyChange
from catalog_platform.plan.rename import rename_changes
from catalog_platform.plan.stack import Stack
from catalog_platform.report.plan_github import render
from support.plan_models import change, environment, plan

DEFAULTS, CODE = "environments/defaults.yaml", ["platform/catalog_platform/infra/app.py"]
EMPTY = {"Resources": dict[str, object]()}


def unprotected() -> list[Change]:
    """Return the change of a stack that loses its protection."""
    base, head = (
        Stack(template=EMPTY, account="1", region="r", is_protected=each, paths={})
        for each in (True, False)
    )
    return changes_of_stack(base, head)


def key(name: str) -> KeyChange:
    """Return the change of a key in the defaults."""
    return KeyChange(key=name, old=True, new=False, file=DEFAULTS, line=9)


def test_a_change_is_annotated_at_the_key_that_causes_it() -> None:
    keys = [key("stream.shards"), key("release.termination_protection")]
    (found,) = with_keys(unprotected(), keys, CODE)
    assert [(each.key, each.old, each.new) for each in found.because] == [
        ("release.termination_protection", True, False)
    ]
    text = render(plan(environment("prod", stack_changes=[found])))
    assert f"file={DEFAULTS},line=9," in text
    assert "caused by: release.termination_protection" in text


def test_without_a_key_the_cause_is_the_code() -> None:
    (found,) = with_keys(unprotected(), [key("stream.shards")], CODE)
    assert [(each.kind, each.files) for each in found.because] == [("code", CODE)]
    (unknown,) = with_keys(unprotected(), [], [])
    assert unknown.because == []


def test_both_stacks_of_a_renamed_environment_change_because_of_its_name() -> None:
    rows = with_keys(rename_changes("shop", "store"), [key("environment.name")], CODE)
    assert [[each.key for each in row.because] for row in rows] == [["environment.name"]] * 2
    (added,) = as_additions([change("Topic")], rows)
    assert [each.key for each in added.because] == ["environment.name"]
