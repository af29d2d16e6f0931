"""Versions, instance classes and node types that AWS offers.

`offers.json` is a copy of the tables of the manifest's checks; `make golden` writes it.
"""

from __future__ import annotations

import functools
import json
from collections.abc import Mapping, Sequence
from importlib import resources
from typing import Any


@functools.cache
def _table() -> Mapping[str, Any]:
    text = resources.files(__package__).joinpath("offers.json").read_text(encoding="utf-8")
    found: Mapping[str, Any] = json.loads(text)
    return found


def versions(engine: str) -> Sequence[str]:
    """Return the versions of an engine, oldest first; empty for an unknown engine."""
    return tuple(_table()["engines"].get(engine, "").split())


def number(version: str) -> tuple[int, ...]:
    """Return a version as numbers, which compare in the order of the versions."""
    return tuple(int(part) for part in version.split(".") if part.isdigit())


def major(version: str) -> int:
    """Return the major version of PostgreSQL."""
    return number(version)[0]


def is_offered(engine: str, version: str) -> bool:
    """Return whether AWS offers a version; PostgreSQL's major version alone is one too."""
    offered = versions(engine)
    return version in offered or version in {each.partition(".")[0] for each in offered}


def classes(table: str, region: str = "") -> tuple[str, ...]:
    """Return the names of a table, `rds` or `elasticache`: `m6g.large` without its prefix.

    Only those of a region, if AWS publishes them for it.
    """
    sizes: Mapping[str, str] = _table()[table]["sizes"]
    families = _table()[table]["regions"].get(region, "").split() or sizes
    return tuple(f"{family}.{size}" for family in families for size in sizes[family].split())


def zones(region: str) -> tuple[str, ...]:
    """Return the availability zones of a region; the first two letters for an unknown one."""
    letters = "ab"
    for regions in _table()["partitions"].values():
        letters = regions.get(region, letters)
    return tuple(f"{region}{letter}" for letter in letters)
