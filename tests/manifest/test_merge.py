from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalog_platform.findings import Location
from catalog_platform.manifest import merge
from catalog_platform.manifest.node import (
    MappingEntry,
    MappingNode,
    Node,
    ScalarNode,
    SequenceNode,
    location_of,
    plain,
)
from support.manifests import section

HERE = Location("x.yaml")
keys = st.sampled_from("abcd")


def scalar(value: int | str | bool | None) -> ScalarNode:
    return ScalarNode(value, str(value), True, HERE)


def entries(nodes: dict[str, Node]) -> MappingNode:
    return MappingNode({key: MappingEntry(HERE, node) for key, node in nodes.items()}, HERE)


values = st.one_of(st.integers(), st.text("xyz", max_size=3), st.booleans(), st.none()).map(scalar)
nodes: st.SearchStrategy[Node] = st.recursive(
    values,
    lambda inner: st.one_of(
        st.lists(inner, max_size=3).map(lambda items: SequenceNode(tuple(items), HERE)),
        st.dictionaries(keys, inner, max_size=3).map(entries),
    ),
    max_leaves=8,
)
sections = st.dictionaries(keys, nodes, max_size=4).map(entries)


@given(sections)
def test_a_layer_on_top_of_itself_changes_nothing(layer):
    merged, findings = merge.merge(layer, layer)
    without_null_sections = [each for each in findings if "null" not in each.message]
    assert plain(merged) == plain(layer)
    assert without_null_sections == []


@given(sections, sections)
def test_merging_a_layer_twice_is_merging_it_once(base, over):
    once, _ = merge.merge(base, over)
    twice, _ = merge.merge(once, over)
    assert plain(twice) == plain(once)


@given(sections)
def test_an_empty_layer_changes_nothing(layer):
    assert plain(merge.merge(layer, entries({}))[0]) == plain(layer)
    assert plain(merge.merge(entries({}), layer)[0]) == plain(layer)


def test_sections_merge_key_by_key_and_lists_are_replaced():
    base = section("a: {x: 1, y: 2}\nb: [1, 2, 3]\n", "defaults.yaml")
    over = section("a: {y: 3, z: 4}\nb: [9]\n")
    merged, findings = merge.merge(base, over)
    assert plain(merged) == {"a": {"x": 1, "y": 3, "z": 4}, "b": [9]}
    assert findings == ()


def test_every_value_keeps_its_location():
    base = section("a:\n  x: 1\n  y: 2\n", "defaults.yaml")
    merged, _ = merge.merge(base, section("a:\n  y: 3\n"))
    assert str(location_of(merged, ("a", "x"))) == "defaults.yaml:2:3"
    assert str(location_of(merged, ("a", "y"))) == "sample.yaml:2:3"
    assert str(location_of(merged, ("a",))) == "sample.yaml:1:1"


@pytest.mark.parametrize(
    ("base", "over"),
    [
        ("1", "2.5"),
        ("null", "[1]"),
        ("null", "{b: 1}"),
        ("1", "null"),
        ("true", "'{{ x }}'"),
        ("'{{ x }}'", "1"),
    ],
)
def test_layers_with_the_same_types_have_no_finding(base, over):
    _, findings = merge.merge(section(f"a: {base}"), section(f"a: {over}"))
    assert findings == ()


@pytest.mark.parametrize(
    ("base", "over"),
    [
        ("1", "'1'"),
        ("text", "1"),
        ("true", "'yes'"),
        ("[1]", "1"),
        ("[1]", "null"),
        ("{b: 1}", "null"),
        ("{b: 1}", "[1]"),
        ("1", "{b: 1}"),
        ("[1]", "'{{ x }}'"),
    ],
)
def test_a_change_of_type_names_both_lines_and_keeps_the_base(base, over):
    before = section(f"a: {base}", "defaults.yaml")
    merged, (found,) = merge.merge(before, section(f"a: {over}"))
    assert found.location.file == "sample.yaml"
    assert "defaults.yaml:1:" in found.message
    assert plain(merged) == plain(before)


def test_every_pair_of_kinds_either_has_a_strategy_or_is_refused():
    kinds = {"a section", "a list", "text", "a number", "true or false", "an expression", "null"}
    assert {kind for pair in merge.STRATEGIES for kind in pair} == kinds


def test_the_table_describes_every_strategy():
    rows = merge.table()
    assert len(rows) == len(merge.STRATEGIES) + 1
    assert all(does and does[0].islower() for _, _, does in rows)
