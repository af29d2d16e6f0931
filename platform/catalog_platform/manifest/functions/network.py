"""Arithmetic on IPv4 blocks, for people who plan networks."""

from __future__ import annotations

import ipaddress
from collections.abc import Callable, Mapping
from typing import Any

from catalog_platform.manifest.functions.arguments import whole

# https://docs.aws.amazon.com/vpc/latest/userguide/subnet-sizing.html
RESERVED_BY_AWS = 5
LONGEST_BLOCK = len("255.255.255.255/32")


def subnet(block: Any, prefix_length: Any, index: Any) -> str:
    """The subnet with this prefix length and number, counted from 0, within a block.

    >>> subnet('10.20.0.0/16', 20, 3)
    '10.20.48.0/20'
    """
    outer, length = _block(block), _prefix(prefix_length)
    number = whole(index, "index", 0, 2**32)
    count = _count(outer, length)
    if number >= count:
        raise ValueError(f"{outer} holds {count} subnets of /{length}, numbered from 0")
    first = int(outer.network_address) + (number << (32 - length))
    return f"{ipaddress.IPv4Address(first)}/{length}"


def subnets(block: Any, prefix_length: Any) -> int:
    """How many subnets with this prefix length a block holds.

    >>> subnets('10.20.0.0/16', 20)
    16
    """
    return _count(_block(block), _prefix(prefix_length))


def supernet(block: Any, prefix_length: Any) -> str:
    """The block with this prefix length that a block lies in.

    >>> supernet('10.20.48.0/20', 16)
    '10.20.0.0/16'
    """
    inner, length = _block(block), _prefix(prefix_length)
    if length > inner.prefixlen:
        raise ValueError(f"/{length} is smaller than {inner}")
    return str(inner.supernet(new_prefix=length))


def host(block: Any, index: Any) -> str:
    """The address with this number in a block; negative numbers count from its end.

    >>> host('10.20.0.0/24', 10)
    '10.20.0.10'
    >>> host('10.20.0.0/24', -2)
    '10.20.0.254'
    """
    outer = _block(block)
    size = outer.num_addresses
    number = whole(index, "index", -size, size - 1)
    return str(outer[number])


def addresses(block: Any) -> int:
    """How many addresses a block has.

    >>> addresses('10.20.0.0/24')
    256
    """
    return _block(block).num_addresses


def usable(block: Any) -> int:
    """How many addresses of a subnet AWS leaves to its users: all but five.

    >>> usable('10.20.0.0/24')
    251
    """
    return max(0, _block(block).num_addresses - RESERVED_BY_AWS)


def prefix_for(count: Any) -> int:
    """The prefix length of the smallest subnet on AWS with so many usable addresses.

    >>> prefix_for(300)
    23
    """
    wanted = whole(count, "count", 1, 2**32 - RESERVED_BY_AWS) + RESERVED_BY_AWS
    return min(28, 32 - (wanted - 1).bit_length())


def prefix_length(block: Any) -> int:
    """The prefix length of a block.

    >>> prefix_length('10.20.0.0/16')
    16
    """
    return _block(block).prefixlen


def netmask(block: Any) -> str:
    """The mask of a block, as devices want it.

    >>> netmask('10.20.0.0/20')
    '255.255.240.0'
    """
    return str(_block(block).netmask)


def contains(block: Any, inner: Any) -> bool:
    """Whether a block or address lies wholly within a block.

    >>> contains('10.20.0.0/16', '10.20.48.0/20')
    True
    """
    return _block(inner).subnet_of(_block(block))


def overlaps(block: Any, other: Any) -> bool:
    """Whether two blocks have an address in common.

    >>> overlaps('10.20.0.0/16', '10.30.0.0/16')
    False
    """
    return _block(block).overlaps(_block(other))


def _block(value: Any) -> ipaddress.IPv4Network:
    if not isinstance(value, str) or len(value) > LONGEST_BLOCK:
        raise ValueError("it wants a block such as '10.20.0.0/16'")
    try:
        return ipaddress.IPv4Network(value)
    except ValueError as error:
        raise ValueError(f"'{value}' is no block such as '10.20.0.0/16': {error}") from None


def _prefix(value: Any) -> int:
    return whole(value, "prefix_length", 0, 32)


def _count(outer: ipaddress.IPv4Network, length: int) -> int:
    if length < outer.prefixlen:
        raise ValueError(f"/{length} is larger than {outer}")
    return 1 << (length - outer.prefixlen)


FUNCTIONS: Mapping[str, Callable[..., Any]] = {
    "subnet": subnet,
    "subnets": subnets,
    "supernet": supernet,
    "host": host,
    "addresses": addresses,
    "usable": usable,
    "prefix_for": prefix_for,
    "prefix_length": prefix_length,
    "netmask": netmask,
    "contains": contains,
    "overlaps": overlaps,
}
