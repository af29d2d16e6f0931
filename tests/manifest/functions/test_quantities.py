from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalog_platform.manifest.functions.quantities import duration, size


@given(st.integers(1, 10**6), st.sampled_from(["KiB", "MiB", "GiB"]))
def test_a_size_survives_a_round_trip_of_units(number: int, unit: str) -> None:
    assert size(f"{size(f'{number} {unit}', 'B')} B", unit) == number


@pytest.mark.parametrize(
    ("function", "amount", "unit", "value"),
    [
        (size, "1 kB", "B", 1000),
        (size, "1KiB", "B", 1024),
        (size, "0.5 GiB", "MiB", 512),
        (duration, "1d 2h", "h", 26),
        (duration, "0.5 hours", "minutes", 30),
        (duration, "1 week", "days", 7),
    ],
)
def test_an_amount_is_converted_exactly(
    function: Callable[..., int], amount: str, unit: str, value: int
) -> None:
    assert function(amount, unit) == value


@pytest.mark.parametrize(
    ("function", "amount", "unit", "message"),
    [
        (size, "2 GB", "GiB", "'2 GB' is not a whole number of GiB"),
        (size, "2 gb", "GiB", "unknown unit 'gb'; valid units: B, kB, MB"),
        (size, "2 GB", "gib", "unknown unit 'gib'"),
        (size, "", "GiB", "'' is not a number with a unit"),
        (size, "GB", "GiB", "'GB' is not a number with a unit"),
        (size, "1 GB" + " " * 60, "GiB", "is not a number with a unit"),
        (size, 2, "GiB", "amount must be text"),
        (size, "2 GB", 2, "unit must be text"),
        (duration, "1 month", "d", "unknown unit 'month'"),
        (duration, "90 s", "minutes", "'90 s' is not a whole number of minutes"),
        (duration, "-1 s", "s", "'-1 s' is not a number with a unit"),
    ],
)
def test_an_amount_that_has_no_whole_value_is_refused(
    function: Callable[..., int], amount: Any, unit: Any, message: str
) -> None:
    with pytest.raises(ValueError, match=message):
        function(amount, unit)
