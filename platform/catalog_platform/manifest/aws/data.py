"""Access to the generated data: regions, certificates, instance classes, versions, keywords."""

from __future__ import annotations

import functools
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import msgspec

FOLDER = Path(__file__).parent


@functools.cache
def _load(name: str) -> Mapping[str, Any]:
    content: Mapping[str, Any] = msgspec.json.decode((FOLDER / f"{name}.json").read_bytes())
    return content


@functools.cache
def partitions() -> Mapping[str, str]:
    """Return the partition of each region, such as `aws-cn` of `cn-north-1`."""
    return {
        region: partition
        for partition, regions in _load("regions")["partitions"].items()
        for region in regions
    }


@functools.cache
def regions_with_database_certificates() -> frozenset[str]:
    """Return the regions whose certificates of RDS the functions have."""
    return frozenset(_load("rds_certificates")["regions"].split())


def zone_letters(region: str) -> str:
    """Return the letters of a region's availability zones, such as `abc`; "" if unknown.

    An account can lack a letter between the first and the last, and which one it lacks differs
    between accounts, so all letters up to the last one are included.

    https://docs.aws.amazon.com/ram/latest/userguide/working-with-az-ids.html
    """
    partition = partitions().get(region)
    if partition is None:
        return ""
    last: str = _load("regions")["partitions"][partition][region][-1]
    return "".join(chr(letter) for letter in range(ord("a"), ord(last) + 1))


def offered(service: str, region: str) -> frozenset[str]:
    """Return the instance classes (`rds`) or node types (`elasticache`) offered in a region.

    Names have no prefix: `r6g.large`. For a region without data, all names of AWS are returned.
    """
    content = _load(f"{service}_types")
    sizes: Mapping[str, str] = content["sizes"]
    listed: str | None = content["regions"].get(region)
    return frozenset(_expanded((listed or " ".join(sizes)).split(), sizes))


def _expanded(families: Iterable[str], sizes: Mapping[str, str]) -> Iterable[str]:
    for each in families:
        family, _, own = each.partition(":")
        for size in own.split(",") if own else sizes[family].split():
            yield f"{family}.{size}"


def versions(engine: str) -> tuple[str, ...]:
    """Return the engine versions that AWS offers: of `postgres`, `valkey` or `redis`."""
    return tuple(_load("versions")["engines"][engine].split())


def as_of(name: str) -> str:
    """Return the date of a data file, for messages: `as of 2026-11-26`."""
    return f"as of {_load(name)['as_of']}"


@functools.cache
def reserved_words() -> frozenset[str]:
    """Return the keywords that PostgreSQL accepts as a name only in quotes."""
    return frozenset(_load("postgresql_keywords")["reserved"].split())
