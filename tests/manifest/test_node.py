from __future__ import annotations

import pytest

from catalog_platform.manifest.node import (
    Path,
    ScalarNode,
    dotted,
    find,
    flow,
    location_of,
    parse_path,
    plain,
    replace_node,
    scalars,
)
from support.manifests import section

TEXT = 'a:\n  b: [1, "{{ x }}"]\n  c: null\nd: {e: yes}\n'


@pytest.mark.parametrize(
    ("text", "path"),
    [
        ("network.availability_zones[0]", ("network", "availability_zones", 0)),
        ("a[1][22].b", ("a", 1, 22, "b")),
        ("a", ("a",)),
        ("", ()),
        ("a[x]", ("a", "[x]")),
        ("a[123456]", ("a", "[123456]")),  # no list is as long
        ("a[²]", ("a", "[²]")),
    ],
)
def test_a_path_is_parsed_into_keys_and_indexes(text: str, path: Path) -> None:
    assert parse_path(text) == path


def test_parsing_is_the_reverse_of_writing() -> None:
    for path, _ in scalars(section(TEXT)):
        assert parse_path(dotted(path)) == path


@pytest.mark.parametrize("path", ["a.x", "a.b[2]", "a.b.c", "d[0]", "a.c.x"])
def test_a_path_that_leads_nowhere_has_no_node_and_no_location(path: str) -> None:
    assert find(section(TEXT), parse_path(path)) is None
    assert location_of(section(TEXT), parse_path(path)) is None


@pytest.mark.parametrize(
    ("path", "location"), [("", "1:1"), ("a", "1:1"), ("a.b", "2:3"), ("a.b[1]", "2:10")]
)
def test_the_location_of_a_path_is_its_key_or_its_element(path: str, location: str) -> None:
    assert str(location_of(section(TEXT), parse_path(path))) == f"sample.yaml:{location}"


def test_a_node_is_replaced_or_removed_and_the_tree_stays_as_it_was() -> None:
    root = section(TEXT)
    other = section("z: 9").entries["z"].node
    assert plain(replace_node(root, ("a", "c"), other)) == {
        "a": {"b": [1, "{{ x }}"], "c": 9},
        "d": {"e": "yes"},
    }
    assert plain(replace_node(root, ("a",), None)) == {"d": {"e": "yes"}}
    assert replace_node(root, (), None) is root
    assert plain(root) == plain(section(TEXT))


def test_scalars_come_in_source_order() -> None:
    assert [(dotted(path), node.value) for path, node in scalars(section(TEXT))] == [
        ("a.b[0]", 1),
        ("a.b[1]", "{{ x }}"),
        ("a.c", None),
        ("d.e", "yes"),
    ]


def test_a_node_is_written_on_one_line_as_in_its_file() -> None:
    assert flow(section(TEXT)) == '{a: {b: [1, "{{ x }}"], c: null}, d: {e: yes}}'


def test_a_scalar_knows_whether_it_is_an_expression() -> None:
    found = {path: node.is_template for path, node in scalars(section(TEXT))}
    assert [path for path, is_template in found.items() if is_template] == [("a", "b", 1)]
    assert isinstance(find(section(TEXT), ("a", "c")), ScalarNode)
