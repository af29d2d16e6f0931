from __future__ import annotations

import ipaddress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalog_platform.manifest.functions.network import prefix_for, subnet

BLOCK = "10.20.0.0/16"


@given(st.integers(8, 24), st.integers(0, 6), st.data())
def test_subnets_lie_side_by_side_within_their_block(
    length: int, more: int, data: st.DataObject
) -> None:
    block = ipaddress.IPv4Network(f"10.0.0.0/{length}")
    index = data.draw(st.integers(0, 2**more - 1))
    made = subnet(str(block), length + more, index)
    assert ipaddress.IPv4Network(made) == list(block.subnets(more))[index]


@pytest.mark.parametrize(
    ("block", "length", "index", "message"),
    [
        (BLOCK, 20, 16, "10.20.0.0/16 has 16 subnets of /20; the first index is 0"),
        (BLOCK, 8, 0, "/8 is larger than 10.20.0.0/16"),
        ("10.20.0.1/16", 20, 0, "has host bits set"),
        ("2001:db8::/32", 48, 0, "the block must be text such as|is not a block such as"),
        (BLOCK, "20", 0, "prefix_length must be a whole number from 0 to 32"),
        (BLOCK, 20, -1, "index must be a whole number from 0 to 4294967296"),
        (7, 20, 0, "the block must be text"),
    ],
)
def test_a_subnet_that_does_not_exist_is_refused(
    block: Any, length: Any, index: Any, message: str
) -> None:
    with pytest.raises(ValueError, match=message):
        subnet(block, length, index)


@given(st.integers(1, 2**20))
def test_the_smallest_subnet_with_room_for_the_addresses_is_chosen(count: int) -> None:
    usable = 2 ** (32 - prefix_for(count)) - 5  # AWS reserves five addresses
    assert usable >= count
    # AWS has no subnets smaller than /28.
    assert prefix_for(count) == 28 or usable // 2 < count + 5


def test_no_address_at_all_is_refused() -> None:
    with pytest.raises(ValueError, match="count must be a whole number"):
        prefix_for(0)
