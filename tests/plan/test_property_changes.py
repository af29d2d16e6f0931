"""The changed values of a resource, with paths that people recognise."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalog_platform.plan.property_changes import UNSET, value_changes

SCALARS = st.none() | st.booleans() | st.integers(0, 3) | st.text("ab", max_size=2)
VALUES = st.recursive(
    SCALARS,
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text("xy", min_size=1), inner, max_size=3)
    ),
    max_leaves=8,
)
PROPERTIES = st.dictionaries(st.sampled_from("ABC"), VALUES)


def changed(old: dict[str, Any], new: dict[str, Any]) -> list[tuple[str, Any, Any]]:
    """Return the differences of the properties."""
    found = value_changes({"Properties": old}, {"Properties": new})
    return [(each.path, each.old, each.new) for each in found]


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ({"A": 1}, {"A": 2}, [("A", 1, 2)]),
        ({"A": 1}, {}, [("A", 1, UNSET)]),
        ({}, {"A": 1}, [("A", UNSET, 1)]),
        ({"A": {"B": 1, "C": 1}}, {"A": {"B": 2, "C": 1}}, [("A.B", 1, 2)]),
        ({"A": [{"B": 1}]}, {"A": [{"B": 2}]}, [("A[0].B", 1, 2)]),
        ({"A": ["x"]}, {"A": ["y"]}, [("A", ["x"], ["y"])]),
        ({"A": [{"B": 1}]}, {"A": []}, [("A", [{"B": 1}], [])]),
        ({"A": {"Ref": "X"}}, {"A": {"Ref": "Y"}}, [("A", {"Ref": "X"}, {"Ref": "Y"})]),
        ({"A": True}, {"A": 1}, [("A", True, 1)]),
        (
            {"Tags": [{"Key": "a", "Value": "1"}, {"Key": "b", "Value": "1"}]},
            {"Tags": [{"Key": "b", "Value": "2"}, {"Key": "a", "Value": "1"}]},
            [("Tags[b]", "1", "2")],
        ),
    ],
)
def test_each_difference_has_its_path(
    old: dict[str, Any], new: dict[str, Any], expected: list[tuple[str, Any, Any]]
) -> None:
    assert changed(old, new) == expected


def test_policies_of_deletion_are_differences_too() -> None:
    (found,) = value_changes({"DeletionPolicy": "Retain"}, {"DeletionPolicy": "Delete"})
    assert (found.path, found.property) == ("DeletionPolicy", "DeletionPolicy")


def test_metadata_and_the_order_of_creation_are_no_difference() -> None:
    assert value_changes({"Metadata": 1, "DependsOn": ["A"]}, {"DependsOn": []}) == ()


@given(PROPERTIES, PROPERTIES)
def test_there_is_a_difference_exactly_if_the_properties_differ(
    old: dict[str, Any], new: dict[str, Any]
) -> None:
    assert bool(changed(old, new)) == (repr(_ordered(old)) != repr(_ordered(new)))


@given(PROPERTIES, PROPERTIES)
def test_the_way_back_has_the_same_paths(old: dict[str, Any], new: dict[str, Any]) -> None:
    forth, back = changed(old, new), changed(new, old)
    assert [(path, old, new) for path, old, new in forth] == [(p, n, o) for p, o, n in back]


def _ordered(value: Any) -> Any:
    """Return the value with its mappings sorted, so that equal ones have one text."""
    if isinstance(value, dict):
        return {key: _ordered(value[key]) for key in sorted(value)}
    return [_ordered(each) for each in value] if isinstance(value, list) else value
