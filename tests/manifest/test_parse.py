from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalog_platform.errors import FindingsError
from catalog_platform.manifest import parse
from catalog_platform.manifest.node import ScalarNode, location_of, plain, scalars
from support.manifests import section


def refused(text: str) -> list[str]:
    with pytest.raises(FindingsError) as caught:
        parse.parse(text, "f.yaml")
    return [f"{each.location}: {each.rule}" for each in caught.value.findings]


def test_every_key_and_value_has_a_location():
    root = section("a:\n  b: [1, two]\n")
    assert str(location_of(root, ("a", "b"))) == "sample.yaml:2:3"
    assert [str(node.location) for _, node in scalars(root)] == [
        "sample.yaml:2:7",
        "sample.yaml:2:10",
    ]


def test_an_unquoted_number_keeps_what_was_written():
    node = section("a: 1.10\n").entries["a"].node
    assert isinstance(node, ScalarNode)
    assert (node.value, node.text) == (1.1, "1.10")


def test_quotes_make_text():
    assert plain(section("a: '1'\nb: \"true\"\nc: 'null'\n")) == {
        "a": "1",
        "b": "true",
        "c": "null",
    }


def test_the_first_of_two_duplicate_keys_counts_and_the_second_is_found():
    root, findings = parse.parse("a: 1\nb: 2\na: 3\n", "f.yaml")
    assert plain(root) == {"a": 1, "b": 2}
    assert [(each.rule, each.location.line) for each in findings] == [("duplicate-key", 3)]
    assert "line 1" in findings[0].message


def test_an_alias_bomb_is_refused_without_being_expanded():
    levels = "".join(f"l{n}: &l{n} [{', '.join([f'*l{n - 1}'] * 9)}]\n" for n in range(1, 30))
    started = time.monotonic()
    assert "f.yaml:1:5: anchor" in refused("l0: &l0 x\n" + levels)
    assert time.monotonic() - started < 2


@pytest.mark.parametrize("text", ["a: " + "[" * 100_000, "{a: " * 50_000, "- " * 50_000])
def test_nesting_without_end_is_refused_at_the_limit(text):
    (found,) = refused(text)
    assert found.endswith(": too-deep")


def test_more_values_than_any_manifest_has_are_refused():
    (found,) = refused("a: [" + "1, " * (parse.LIMITS.values + 1) + "1]")
    assert found.endswith(": too-large")


@pytest.mark.parametrize(
    "text",
    [
        "a: 1\n--- \nb: 2\n",
        "a: !!python/object/apply:os.system [id]\n",
        "a: &x 1\n",
        "a: *x\n",
        "<<: 1\n",
        "1: a\n",
        "true: a\n",
        "? {a: 1}\n: b\n",
        "[1]: a\n",
        "''  : a\n",
        "a: 'x\n",
        'a: "\\u0000"\n',
        'a: "\\u202e"\n',
        'a: "\\ud800"\n',
        "a: b: c\n",
        "\ta: 1\n",
        "a: [1\n",
        "",
        "# nothing\n",
        "text\n",
        "- a\n",
        "null\n",
        "%YAML 3.0\n---\na: 1\n",
        "a: @x\n",
    ],
)
def test_forbidden_yaml_is_a_finding(text):
    assert all(found.startswith("f.yaml:") for found in refused(text))


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        (f"a: {'x' * 5000}\n", "too-large"),
        (f"{'k' * 65}: 1\n", "key"),
        (f"a: '{' ' * 9999}'\n", "too-large"),
    ],
)
def test_longer_texts_than_any_manifest_has_are_refused(text, rule):
    assert refused(text)[0].endswith(f": {rule}")


def test_an_unclosed_bracket_is_reported_where_it_opens():
    assert refused("a:\n  b: 'open\n  c: 1\nd: 2\n") == ["f.yaml:2:6: syntax"]


def test_an_expression_without_quotes_is_reported():
    with pytest.raises(FindingsError) as caught:
        parse.parse("a: {{ environment.tier }}\n", "f.yaml")
    assert caught.value.findings[0].message == "an expression must be in quotes"


@given(st.text(max_size=60))
def test_any_text_is_either_a_mapping_or_findings(text):
    try:
        root, findings = parse.parse(text, "f.yaml")
    except FindingsError as error:
        if not error.findings:
            raise
    else:
        assert findings or isinstance(plain(root), dict)
