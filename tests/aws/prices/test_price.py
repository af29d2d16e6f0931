"""One price of the table."""

from __future__ import annotations

import pytest

from support.price_lists import price


@pytest.mark.parametrize(
    ("unit", "pieces"),
    [("hour", 1), ("1,000,000 requests", 1_000_000), ("1,000 objects-month", 1000), ("GB", 1)],
)
def test_a_unit_of_several_pieces_says_how_many(unit: str, pieces: int) -> None:
    assert price(unit=unit).pieces == pieces


def test_conditions_are_columns_with_values() -> None:
    assert price(match="usageType=EU-X:db.r6g.large;Database Engine=PostgreSQL").conditions == {
        "usageType": "EU-X:db.r6g.large",
        "Database Engine": "PostgreSQL",
    }
    assert price(match="").conditions == {}
