"""Functions for IPv4 CIDR blocks."""

from __future__ import annotations

import ipaddress
from collections.abc import Callable, Mapping
from typing import Any

from catalog_platform.manifest.functions.arguments import require_integer

# https://docs.aws.amazon.com/vpc/latest/userguide/subnet-sizing.html
RESERVED_BY_AWS = 5
MAXIMUM_BLOCK_LENGTH = len("255.255.255.255/32")


def subnet(block: Any, prefix_length: Any, index: Any) -> str:
    """Return the subnet with this prefix length and index, counted from 0, within a block.

    >>> subnet('10.20.0.0/16', 20, 3)
    '10.20.48.0/20'
    """
    outer, length = _block(block), _prefix(prefix_length)
    number = require_integer(index, "index", 0, 2**32)
    count = _count(outer, length)
    if number >= count:
        raise ValueError(f"{outer} has {count} subnets of /{length}; the first index is 0")
    first = int(outer.network_address) + (number << (32 - length))
    return f"{ipaddress.IPv4Address(first)}/{length}"


def prefix_for(count: Any) -> int:
    """Return the prefix length of the smallest AWS subnet with `count` usable addresses.

    >>> prefix_for(300)
    23
    """
    addresses = require_integer(count, "count", 1, 2**32 - RESERVED_BY_AWS) + RESERVED_BY_AWS
    return min(28, 32 - (addresses - 1).bit_length())


def _block(value: Any) -> ipaddress.IPv4Network:
    if not isinstance(value, str) or len(value) > MAXIMUM_BLOCK_LENGTH:
        raise ValueError("the block must be text such as '10.20.0.0/16'")
    try:
        return ipaddress.IPv4Network(value)
    except ValueError as error:
        raise ValueError(f"'{value}' is not a block such as '10.20.0.0/16': {error}") from None


def _prefix(value: Any) -> int:
    return require_integer(value, "prefix_length", 0, 32)


def _count(outer: ipaddress.IPv4Network, length: int) -> int:
    if length < outer.prefixlen:
        raise ValueError(f"/{length} is larger than {outer}")
    return 1 << (length - outer.prefixlen)


FUNCTIONS: Mapping[str, Callable[..., Any]] = {"subnet": subnet, "prefix_for": prefix_for}
