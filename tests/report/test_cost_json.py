"""The monthly bill for programs."""

from __future__ import annotations

import json

import pytest

from catalog_platform.plan.cost.bill import bill
from catalog_platform.report.cost_json import render
from support.costs import prices, production


def test_the_total_is_the_sum_of_the_lines_and_every_line_has_its_price() -> None:
    found = json.loads(render("shop", bill(production(), prices())))
    assert (found["schema_version"], found["environment"], found["currency"]) == (1, "shop", "USD")
    assert found["total"] == pytest.approx(sum(line["amount"] for line in found["lines"]))
    for line in found["lines"]:
        expected = line["quantity"] * line["price"]["usd"]
        assert line["amount"] == pytest.approx(expected, abs=0.006)
        assert line["price"]["as_of"] >= found["as_of"]
    assert found["unknown"] == []


def test_a_price_that_is_not_known_is_absent() -> None:
    found = json.loads(render("shop", bill(production(), prices())))
    assert [each["what"] for each in found["usage"] if "price" not in each][:1] == ["X-Ray traces"]
    assert None not in [value for each in found["usage"] for value in each.values()]
