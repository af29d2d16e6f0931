"""Differences between templates are readable and unambiguous."""

from __future__ import annotations

import json

from hypothesis import given
from hypothesis import strategies as st

from support.goldens import WIDTH, compact, differences

values = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(0, 3), st.sampled_from(["", "a", "b → c"])),
    lambda inner: st.one_of(
        st.lists(inner, max_size=4),
        st.dictionaries(st.sampled_from(["a", "b", "c.d", "e f"]), inner, max_size=4),
    ),
    max_leaves=12,
)


def test_a_change_is_a_line_with_path_and_both_values() -> None:
    base = {"Queue": {"Delay": 1, "Tags": ["a", "b", "c"], "Old": 1}, "Gone": {}}
    other = {"Queue": {"Delay": 2, "Tags": ["b", "x", "c"]}, "Added.": {"Type": "Topic"}}
    assert differences(base, other).splitlines() == [
        '+ "Added.": {"Type": "Topic"}',
        "- Gone",
        "~ Queue.Delay: 1 → 2",
        "- Queue.Old",
        "- Queue.Tags[0]",
        '+ Queue.Tags[1]: "x"',
    ]


@given(values)
def test_a_value_does_not_differ_from_itself(value: object) -> None:
    assert differences(value, value) == ""


@given(values, values, values)
def test_values_that_differ_have_different_differences(
    base: object, one: object, other: object
) -> None:
    same = json.dumps(one, sort_keys=True) == json.dumps(other, sort_keys=True)
    assert (differences(base, one) == differences(base, other)) == same


@given(values)
def test_compact_json_is_json(value: object) -> None:
    assert json.loads(compact(value)) == value


def test_compact_json_breaks_only_what_does_not_fit_on_a_line() -> None:
    long = {"a": ["x" * 40, "y" * 40, "z" * 40], "b": ["x"]}
    lines = compact(long).splitlines()
    assert lines[0] == "{"
    assert lines[-2:] == [' "b": ["x"]', "}"]
    assert max(map(len, lines)) <= WIDTH
