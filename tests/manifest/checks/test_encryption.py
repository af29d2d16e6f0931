from __future__ import annotations

from typing import Any

import pytest

from catalog_platform.manifest.checks import encryption as rules
from support.models import a_manifest

DESTROYED: dict[str, dict[str, Any]] = {
    **{store: {"on_removal": "destroy"} for store in ("encryption", *rules.STORES)},
    "cache": {"snapshot_retention_days": 0},
}
ENABLED = {"backup": {"enabled": True}, "audit": {"trail": True}}
KEPT: dict[str, dict[str, Any]] = {
    **{store: {"on_removal": "retain"} for store in rules.STORES},
    "cache": {"snapshot_retention_days": 1},
}


def related(**sections: dict[str, Any]) -> list[tuple[str, ...]]:
    """Return the stores that keep data, for each violation of a stack that keeps nothing else."""
    both = {
        name: {**ENABLED.get(name, {}), **keys, **sections.get(name, {})}
        for name, keys in DESTROYED.items()
    }
    found = list(rules.key_outlives_retained_data(a_manifest(**both)))
    assert {each.path for each in found} <= {"encryption.on_removal"}
    return [each.related for each in found]


def test_a_stack_that_keeps_nothing_needs_no_key() -> None:
    assert related() == []


@pytest.mark.parametrize("section", KEPT)
def test_each_store_that_is_kept_needs_its_key(section: str) -> None:
    (key,) = KEPT[section]
    assert related(**{section: KEPT[section]}) == [(f"{section}.{key}",)]
    assert related(**{section: KEPT[section]}, encryption={"on_removal": "retain"}) == []


def test_a_snapshot_of_the_database_needs_its_key() -> None:
    assert related(database={"on_removal": "snapshot"}) == [("database.on_removal",)]


@pytest.mark.parametrize(("section", "switch"), [("backup", "enabled"), ("audit", "trail")])
def test_a_store_that_is_not_created_needs_no_key(section: str, switch: str) -> None:
    assert related(**{section: {"on_removal": "retain", switch: False}}) == []


def test_all_stores_that_are_kept_are_named_with_both_ways_to_mend_it() -> None:
    sections = {
        name: {**ENABLED.get(name, {}), **DESTROYED[name], **KEPT.get(name, {})}
        for name in DESTROYED
    }
    (found,) = rules.key_outlives_retained_data(a_manifest(**sections))
    assert "archive.on_removal is retain" in found.message
    assert "cache.snapshot_retention_days is 1" in found.message
    assert found.hint.startswith("set it to retain, or set stream.on_removal to destroy, ")
    assert found.hint.endswith("cache.snapshot_retention_days to 0")
