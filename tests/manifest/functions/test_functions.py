from __future__ import annotations

import ast
import ipaddress
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalog_platform.manifest.expression import ExpressionError, compile_leaf
from catalog_platform.manifest.functions import FUNCTIONS
from catalog_platform.manifest.functions.text import LIMITS, shorten

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
        ("subnet(a.b, 8, 0)", "subnet: /8 is larger than 10.20.0.0/16"),
        ("subnet('10.20.0.1/16', 20, 0)", "has host bits set"),
        ("subnet('2001:db8::/32', 48, 0)", "is not a block such as '10.20.0.0/16'"),
        ("subnet(a.b, '20', 0)", "prefix_length must be a whole number from 0 to 32"),
        ("subnet(a.b, 20, -1)", "index must be a whole number from 0 to 4294967296"),
        ("prefix_for(0)", "count must be a whole number"),
        ("size('2 GB', 'GiB')", "'2 GB' is not a whole number of GiB"),
        ("size('2 gb', 'GiB')", "unknown unit 'gb'; valid units: B, kB, MB"),
        ("size('', 'GiB')", "'' is not a number with a unit"),
        ("size(2, 'GiB')", "amount must be text"),
        ("duration('1 month', 'd')", "unknown unit 'month'"),
        ("duration('90 s', 'minutes')", "'90 s' is not a whole number of minutes"),
        ("shorten('x', 'buket')", "unknown limit 'buket'; valid limits: alarm, bucket"),
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


@given(st.integers(8, 24), st.integers(0, 6), st.data())
def test_subnets_lie_side_by_side_within_their_block(length, more, data):
    block = ipaddress.IPv4Network(f"10.0.0.0/{length}")
    index = data.draw(st.integers(0, 2**more - 1))
    subnet = FUNCTIONS["subnet"](str(block), length + more, index)
    assert ipaddress.IPv4Network(subnet) == list(block.subnets(more))[index]


@given(st.text("abcdefgh-", min_size=1, max_size=120), st.sampled_from(sorted(LIMITS)))
def test_a_shortened_name_fits_and_is_unique(name, thing):
    short, other = shorten(name, thing), shorten(name + "x", thing)
    assert len(short) <= LIMITS[thing]
    assert short != other
    assert short == name or re.fullmatch(r".*-[0-9a-f]{8}", short)


@given(st.integers(1, 10**6), st.sampled_from(["KiB", "MiB", "GiB"]))
def test_a_size_survives_a_round_trip_of_units(number, unit):
    amount = FUNCTIONS["size"](f"{number} {unit}", "B")
    assert FUNCTIONS["size"](f"{amount} B", unit) == number
