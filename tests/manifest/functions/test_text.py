from __future__ import annotations

import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalog_platform.manifest.functions.text import LIMITS, digest, shorten, slug


@given(st.text("abcdefgh-", min_size=1, max_size=120), st.sampled_from(sorted(LIMITS)))
def test_a_shortened_name_fits_and_is_unique(name: str, thing: str) -> None:
    short, other = shorten(name, thing), shorten(name + "x", thing)
    assert len(short) <= LIMITS[thing]
    assert short != other
    assert short == name or re.fullmatch(r".*-[0-9a-f]{8}", short)


@pytest.mark.parametrize(
    ("limit", "message"),
    [
        ("buket", "unknown limit 'buket'; valid limits: alarm, bucket"),
        (3, "limit must be a whole number from 10 to 4096"),
        (True, "limit must be a whole number"),
    ],
)
def test_a_limit_is_a_number_or_a_known_resource(limit: Any, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        shorten("x", limit)


@given(st.text(max_size=60))
def test_a_slug_has_only_characters_that_every_aws_name_allows(text: str) -> None:
    made = slug(text)
    assert re.fullmatch(r"([a-z0-9]+(-[a-z0-9]+)*)?", made)
    assert slug(made) == made


def test_a_digest_has_the_wanted_length() -> None:
    assert digest("prod", 64).startswith(digest("prod"))
    assert len(digest("prod")) == 8
    with pytest.raises(ValueError, match="length must be a whole number from 1 to 64"):
        digest("prod", 65)
