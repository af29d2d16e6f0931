from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalog_platform.yaml_loader import scalars


@pytest.mark.parametrize(
    ("word", "value"),
    [
        ("", None),
        ("~", None),
        ("null", None),
        ("true", True),
        ("False", False),
        ("0", 0),
        ("-12", -12),
        ("0o14", 12),
        ("0x1F", 31),
        ("1.5", 1.5),
        (".5", 0.5),
        ("1e3", 1000.0),
    ],
)
def test_the_core_schema_of_yaml_1_2_is_read(word, value):
    read = scalars.read(word)
    assert read == value
    assert type(read) is type(value)


@pytest.mark.parametrize(
    "word",
    [
        "no",
        "off",
        "Yes",
        "y",
        "014",
        "08",
        "-007",
        "012345678901",
        "12:30",
        "190:20:30",
        "1_000",
        "2024-01-01",
        "2024-13-45",
        ".inf",
        "-.Inf",
        ".nan",
        "1e999",
        "9" * 19,
        "9" * 5000,
        "=",
    ],
)
def test_a_number_that_would_lose_its_notation_stays_text(word):
    assert scalars.read(word) == word


@given(st.integers(min_value=-(10**17), max_value=10**17))
def test_every_integer_reads_back(number):
    assert scalars.read(str(number)) == number


@given(st.text())
def test_reading_never_fails(word):
    scalars.read(word)
