"""The cost of a plan in words."""

from __future__ import annotations

from catalog_platform.report.plan_cost import difference, sentence
from support.plan_models import cost


def test_a_difference_has_its_sign() -> None:
    assert difference(cost()) == "+12.41 USD"
    assert difference(cost(difference=-1234.5)) == "-1,234.50 USD"
    assert difference(cost(difference=0.0)) == "0"


def test_a_sentence_has_both_sides_and_the_date_of_the_prices() -> None:
    assert sentence(cost()) == (
        "+12.41 USD: 1,000.00 → 1,012.41 USD a month without usage, "
        "list prices of 2025-01-31 or later"
    )
    assert "list prices" not in sentence(cost(as_of=""))


def test_unknown_parts_are_never_silent() -> None:
    found = cost(unknown=[f"part {number}" for number in range(5)])
    assert difference(found) == "+12.41 USD + ?"
    assert sentence(found).endswith("; unknown: part 0; part 1; part 2; 2 more parts")
    assert sentence(cost(unknown=["a"])).endswith("; unknown: a")


def test_assumptions_are_named_before_unknown_parts() -> None:
    found = sentence(cost(assumptions=["T stays in the account: 3.00 USD"], unknown=["a"]))
    assert found.endswith("; assuming: T stays in the account: 3.00 USD; unknown: a")
