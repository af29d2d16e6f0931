"""The evaluator means what Jinja means: held against Jinja's own sandbox."""

from __future__ import annotations

from hypothesis import assume, given
from hypothesis import strategies as st
from jinja2 import StrictUndefined
from jinja2.sandbox import ImmutableSandboxedEnvironment

from catalog_platform.manifest.expression import ExpressionError, compile_leaf

SECTIONS = {"a": {"b": 7, "c": "text", "d": [1, 2, 3], "e": True}, "n": {"x": 2.5, "y": -3}}
JINJA = ImmutableSandboxedEnvironment(undefined=StrictUndefined)

atoms = st.sampled_from(
    ["a.b", "a.c", "a.e", "a.d[1]", "a['c']", "n.x", "n.y", "1", "0", "2.5", "'t'", "true", "false"]
)
operators = st.sampled_from(
    ["+", "-", "*", "/", "//", "%", "==", "!=", "<", "<=", ">", ">=", "and", "or"]
)
expressions = st.recursive(
    atoms,
    lambda inner: st.one_of(
        st.tuples(inner, operators, inner).map(lambda each: f"({each[0]} {each[1]} {each[2]})"),
        st.tuples(inner, operators, inner).map(lambda each: f"{each[0]} {each[1]} {each[2]}"),
        st.tuples(inner, inner, inner).map(lambda each: f"({each[0]} if {each[1]} else {each[2]})"),
        inner.map(lambda each: f"not {each}"),
        inner.map(lambda each: f"({each}) in [1, 7, 'text']"),
        inner.map(lambda each: f"-{each}"),
    ),
    max_leaves=6,
)


@given(expressions)
def test_an_expression_gives_what_jinja_gives_or_is_refused(text):
    try:
        ours = compile_leaf("{{ " + text + " }}").evaluate(SECTIONS)
    except ExpressionError:
        assume(False)
    theirs = JINJA.compile_expression(text, undefined_to_none=False)(**SECTIONS)
    assert ours == theirs
    assert type(ours) is type(theirs)
