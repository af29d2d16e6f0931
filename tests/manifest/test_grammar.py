from __future__ import annotations

import pytest
from jinja2 import nodes

from catalog_platform.manifest import grammar
from catalog_platform.manifest.values import ExpressionError


def only(text: str) -> nodes.Expr:
    (part,) = grammar.parse("{{ " + text + " }}")
    assert isinstance(part, nodes.Expr)
    return part


def test_a_leaf_is_split_into_texts_and_expressions() -> None:
    first, expression, last = grammar.parse("a-{{ b.c }}-d")
    assert (first, last) == ("a-", "-d")
    assert isinstance(expression, nodes.Getattr)
    assert grammar.parse("plain text") == ("plain text",)


@pytest.mark.parametrize(
    ("text", "message", "at"),
    [
        ("x{{ 2 ** 3 }}", r"\*\* is not allowed", "2 **"),
        ("{{ a.b + c[d] }}", "square brackets can contain only a literal", "[d]"),
        ("{{ 1 + nothing(2) }}", "unknown function 'nothing'", "nothing"),
        ("{{ a.b | tojson }}", "Jinja's filter 'tojson' is not allowed", "| tojson"),
        ("{{ a is defined }}", "'test' is not allowed", "is defined"),
        ("{{ 1 + }}", "not a valid expression", "}}"),
        ("{{ size('1 B', unit='B', unit='B') }}", "the argument 'unit' occurs twice", None),
    ],
)
def test_a_forbidden_form_is_refused_at_its_column(text: str, message: str, at: str | None) -> None:
    with pytest.raises(ExpressionError, match=message) as caught:
        grammar.parse(text)
    if at is not None:
        assert abs(caught.value.offset - text.index(at)) <= 2


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("{{ subnt('10.0.0.0/8', 16, 0) }}", "did you mean 'subnet'?"),
        ("{{ ceil(1.5) }}", "write value | round(0, 'ceil') | int"),
        ("{{ upper('a') }}", "it is a filter; write"),
        ("{% if true %}x{% endif %}", "write an expression"),
        ("{{ nothing(1) }}", "docs/expressions.md lists all functions and filters"),
    ],
)
def test_a_refusal_says_what_to_write_instead(text: str, hint: str) -> None:
    with pytest.raises(ExpressionError) as caught:
        grammar.parse(text)
    assert caught.value.hint.startswith(hint)


def test_nesting_and_length_are_bounded() -> None:
    # The expression itself and its constant are two levels.
    deepest = grammar.MAXIMUM_NESTING - 2
    only("-" * deepest + "1")
    with pytest.raises(ExpressionError, match="too deeply nested"):
        only("-" * (deepest + 2) + "1")
    longest = "x" * grammar.MAXIMUM_LENGTH
    assert grammar.parse(longest) == (longest,)
    with pytest.raises(ExpressionError, match="at most"):
        grammar.parse(longest + "x")


@pytest.mark.parametrize(
    ("text", "begins"),
    [
        ("1 + a.b * 2", "1"),
        ("a.b.c | upper", "a.b"),
        ("a['b'] == 1", "a['b']"),
        ("x.y if c.d else e.f", "x.y"),
        ("a.b ~ 'c' ~ 'd'", "a.b"),
    ],
)
def test_an_expression_begins_at_its_leftmost_part(text: str, begins: str) -> None:
    assert grammar.start(only(text)) == len("{{ ") + text.index(begins)


def test_references_are_whole_paths_with_the_offset_of_each_step() -> None:
    found = grammar.references(only("a.b[0] ~ size(c.d, 'B')"))
    offsets = {each.path: each.offsets for each in found}
    assert offsets == {("a", "b", 0): (3, 5, 7), ("c", "d"): (17, 19)}


def test_the_name_of_a_call_is_no_reference() -> None:
    assert list(grammar.references(only("duration('1h', 's') | string"))) == []
