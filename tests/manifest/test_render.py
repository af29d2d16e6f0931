from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from catalog_platform.findings import Location
from catalog_platform.manifest.node import MappingEntry, MappingNode, ScalarNode, plain, scalars
from catalog_platform.manifest.render import render
from support.manifests import section

HERE = Location("x.yaml")
words = st.text(
    st.characters(codec="ascii", categories=["L", "N", "P", "S"], exclude_characters="{"),
    max_size=20,
)


@given(st.dictionaries(st.sampled_from("abcde"), st.one_of(words, st.integers(), st.booleans())))
def test_without_expressions_nothing_changes(values):
    root = MappingNode(
        {
            key: MappingEntry(HERE, ScalarNode(value, str(value), True, HERE))
            for key, value in values.items()
        },
        HERE,
    )
    rendered = render(root)
    assert plain(rendered.root) == values
    assert rendered.findings == ()


def test_leaves_may_refer_to_one_another_in_any_order():
    root = section(
        """\
        a: {x: "{{ b.y + 1 }}"}
        b: {y: "{{ c.z * 2 }}"}
        c: {z: 5, list: ["{{ a.x }}", plain]}
        """
    )
    assert plain(render(root).root) == {
        "a": {"x": 11},
        "b": {"y": 10},
        "c": {"z": 5, "list": [11, "plain"]},
    }


def test_a_value_is_never_read_as_an_expression_again():
    rendered = render(section("a: {x: \"{{ '{' ~ '{ 1 }' ~ '}' }}\", y: '{{ a.x }}'}"))
    assert plain(rendered.root) == {"a": {"x": "{{ 1 }}", "y": "{{ 1 }}"}}


def test_a_value_cannot_become_structure():
    rendered = render(section("a: {x: \"{{ 'b: [1, 2]' }}\"}"))
    assert plain(rendered.root) == {"a": {"x": "b: [1, 2]"}}


def test_an_undefined_name_is_found_in_a_branch_that_is_not_taken():
    (found,) = render(section('a: {x: 1, y: "{{ 1 if true else a.z }}"}')).findings
    assert (found.path, found.message, found.hint) == (
        "a.y",
        "a.z is undefined",
        "keys in a: x, y",
    )


def test_a_misspelt_section_gets_a_suggestion():
    (found,) = render(section('database: {port: 1}\ncache: {port: "{{ databse.port }}"}')).findings
    assert found.hint == "did you mean 'database'?"


def test_a_cycle_is_reported_once_and_other_leaves_are_rendered():
    root = section(
        """\
        a: {x: "{{ b.x }}", y: "{{ a.ok }}", ok: 1}
        b: {x: "{{ c.x }}"}
        c: {x: "{{ a.x }}"}
        d: {x: "{{ a.x + 1 }}"}
        """
    )
    rendered = render(root)
    (found,) = rendered.findings
    assert found.message == "refers to itself: a.x → b.x → c.x → a.x"
    assert rendered.broken == {("a", "x"), ("b", "x"), ("c", "x"), ("d", "x")}
    assert dict(scalars(rendered.root))["a", "y"].value == 1


def test_separate_cycles_are_separate_findings():
    rendered = render(section('a: {x: "{{ a.x }}", y: "{{ a.z }}", z: "{{ a.y }}"}'))
    assert len(rendered.findings) == 2


def test_a_whole_section_in_an_expression_counts_as_all_of_its_leaves():
    rendered = render(section('a: {x: "{{ b | length }}"}\nb: {x: "{{ c.x }}"}\nc: {x: 1}'))
    assert plain(rendered.root.entries["a"].node) == {"x": 1}


def test_what_depends_on_a_broken_leaf_is_broken_without_another_finding():
    rendered = render(section('a: {x: "{{ 1 / 0 }}", y: "{{ a.x }}", z: "{{ a.y }}"}'))
    assert [each.path for each in rendered.findings] == ["a.x"]
    assert len(rendered.broken) == 3


def test_a_line_end_in_a_value_is_refused():
    rendered = render(section("a: {x: \"{{ 'b' ~ '\\\\n' }}\", y: \"c\\nd\"}"))
    assert {each.rule for each in rendered.findings} == {"hidden-character"}
    assert {each.path for each in rendered.findings} == {"a.x", "a.y"}


def test_texts_that_double_at_every_step_end_at_the_limit():
    lines = "".join(f'  k{n}: "{{{{ a.k{n - 1} ~ a.k{n - 1} }}}}"\n' for n in range(1, 60))
    rendered = render(section("a:\n  k0: xxxxxxxx\n" + lines))
    assert [each.message for each in rendered.findings] == [
        "the result is a text of more than 4096 characters"
    ]
