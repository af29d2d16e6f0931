from __future__ import annotations

import ast

import pytest

from catalog_platform.manifest.expression import ExpressionError, compile_leaf
from catalog_platform.manifest.functions import FUNCTIONS

EXAMPLES = [example for function in FUNCTIONS.values() for example in function.examples]


def evaluate(call: str):
    return compile_leaf("{{ " + call + " }}").evaluate({"a": {"b": "10.20.0.0/16"}})


@pytest.mark.parametrize(("call", "gives"), EXAMPLES, ids=[call for call, _ in EXAMPLES])
def test_every_example_has_the_documented_result(call, gives):
    assert evaluate(call) == ast.literal_eval(gives)


def test_every_function_has_an_example_and_a_summary():
    assert [each.name for each in FUNCTIONS.values() if not each.examples] == []
    assert [each.name for each in FUNCTIONS.values() if not each.summary.endswith(".")] == []


def test_a_function_can_be_written_as_a_filter():
    assert evaluate("a.b | subnet(20, 3)") == evaluate("subnet(a.b, 20, 3)") == "10.20.48.0/20"


def test_arguments_can_be_named():
    assert evaluate("subnet(a.b, index=3, prefix_length=20)") == "10.20.48.0/20"


@pytest.mark.parametrize(
    ("call", "message"),
    [
        ("subnet(a.b)", "subnet: wrong arguments; write subnet(block, prefix_length, index)"),
        ("subnet(a.b, 20, 16)", "subnet: 10.20.0.0/16 has 16 subnets of /20; the first index is 0"),
        ("shorten('x', 3)", "limit must be a whole number from 10 to 4096"),
        ("nothing(1)", "unknown function 'nothing'"),
        ("subnet(*[1])", "* and ** are not allowed in a call"),
        ("a.b.upper()", "only functions can be called, not values"),
    ],
)
def test_invalid_arguments_of_a_function_are_an_error(call, message):
    with pytest.raises(ExpressionError) as caught:
        evaluate(call)
    assert message in caught.value.message
