"""Whatever is in a template, and however much of it changes, the comparison ends with rows."""

from __future__ import annotations

import copy
import json
import random
from typing import Any

import pytest

from catalog_platform.manifest import Manifests
from catalog_platform.plan.changes import changes
from catalog_platform.plan.stack import Stack
from catalog_platform.plan.verdicts.decided import DECIDED
from catalog_platform.workspace import Workspace
from support.synthesis import templates_of

GARBAGE: list[Any] = [
    None,
    0,
    -1,
    True,
    "",
    "${",
    "x" * 1000,
    [],
    {},
    [None],
    [[]],
    {"Ref": None},
    {"Ref": ["Missing"]},
    {"Ref": "Missing"},
    {"Fn::GetAtt": None},
    {"Fn::GetAtt": []},
    {"Fn::GetAtt": [1, {}]},
    {"Fn::Sub": None},
    {"Fn::Sub": []},
    {"Fn::Sub": ["${A.B}", None]},
    {"Fn::Sub": {"a": 1}},
    {"Fn::If": ["Condition", {"Ref": "A"}, {"Ref": "AWS::NoValue"}]},
    {"Fn::Join": [None]},
]


def stack(resources: Any) -> Stack:
    """Return a stack with these resources."""
    template = {"Resources": resources}
    return Stack(template=template, account="1", region="r", is_protected=True, paths={})


@pytest.fixture(scope="module")
def resources(examples: Workspace, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """The resources of the large test manifest."""
    manifest = Manifests(examples).load("production")
    (template,) = templates_of(tmp_path_factory.mktemp("garbage"), manifest)
    return template.resources


def places(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Return the paths of all values inside of a value."""
    if not isinstance(value, dict | list):
        return [path] if path else []
    inner = value.items() if isinstance(value, dict) else enumerate(value)
    found = [path] if path else []
    for key, each in inner:
        found += places(each, (*path, key))
    return found


def replaced(value: Any, path: tuple[Any, ...], new: Any) -> None:
    """Set the value at a path."""
    for part in path[:-1]:
        value = value[part]
    value[path[-1]] = new


@pytest.mark.synth
@pytest.mark.parametrize("rounds", [10, pytest.param(300, marks=pytest.mark.exhaustive)])
def test_garbage_anywhere_in_the_properties_is_compared(
    resources: dict[str, Any], rounds: int
) -> None:
    generator = random.Random(rounds)
    for _ in range(rounds):
        broken = copy.deepcopy(resources)
        names = generator.sample(sorted(broken), 40)
        for name in names:
            properties = broken[name].get("Properties", {})
            if found := places(properties):
                replaced(properties, generator.choice(found), generator.choice(GARBAGE))
        for base, head in ((resources, broken), (broken, resources)):
            rows = changes(stack(base), stack(head))
            own = {name for name in names if json.dumps(base[name]) != json.dumps(head[name])}
            assert own <= {each.logical_id for each in rows}


@pytest.mark.synth
def test_a_change_of_everything_has_a_row_for_every_resource(resources: dict[str, Any]) -> None:
    def renamed(value: Any) -> Any:
        if isinstance(value, dict):
            return {key: renamed(each) for key, each in value.items()}
        if isinstance(value, list):
            return [renamed(each) for each in value]
        return f"{value}x" if isinstance(value, str) and value not in resources else value

    changed = {
        name: {**each, "Properties": renamed(each.get("Properties", {}))}
        for name, each in resources.items()
    }
    rows = changes(stack(resources), stack(changed))
    assert {each.logical_id for each in rows} >= {
        name for name, each in resources.items() if each.get("Properties")
    }
    others = {f"Other{name}": each for name, each in resources.items()}
    rows = changes(stack(resources), stack(others))
    assert {each.action for each in rows} == {"add", "remove"}
    assert len(rows) == 2 * len(resources)


@pytest.mark.synth
def test_another_type_under_every_logical_id_is_judged(resources: dict[str, Any]) -> None:
    kinds = sorted(DECIDED)
    shifted = {
        name: {**each, "Type": kinds[at % len(kinds)]}
        for at, (name, each) in enumerate(resources.items())
    }
    rows = changes(stack(resources), stack(shifted))
    assert {each.logical_id for each in rows} >= {
        name for name, each in resources.items() if each["Type"] != shifted[name]["Type"]
    }
