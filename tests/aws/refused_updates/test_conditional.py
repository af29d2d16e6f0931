from __future__ import annotations

from typing import Any

import pytest

from catalog_platform.aws.refused_updates.conditional import CONDITIONAL
from catalog_platform.aws.refused_updates.update import StackUpdate

ONLINE = {"UseOnlineResharding": True}


def replaced(old: dict[str, Any], new: dict[str, Any], policy: dict[str, Any]) -> tuple[str, ...]:
    """Return the properties because of which a cache is replaced."""
    kind = "AWS::ElastiCache::ReplicationGroup"
    base = {"R": {"Type": kind, "Properties": old}}
    head = {"R": {"Type": kind, "Properties": new, "UpdatePolicy": policy}}
    return StackUpdate.between({"Resources": base}, {"Resources": head}).replaced.get("R", ())


@pytest.mark.parametrize(
    ("policy", "expected"),
    [
        (ONLINE, ()),
        ({"UseOnlineResharding": "true"}, ()),
        ({"UseOnlineResharding": False}, ("NumNodeGroups",)),
        ({}, ("NumNodeGroups",)),
    ],
)
def test_other_shards_replace_a_cache_without_online_resharding(
    policy: dict[str, Any], expected: tuple[str, ...]
) -> None:
    assert replaced({"NumNodeGroups": 2}, {"NumNodeGroups": 3}, policy) == expected
    assert replaced({"NumNodeGroups": 2}, {"NumNodeGroups": 2}, policy) == ()


def test_another_token_is_set_in_place_and_a_first_or_no_token_replaces_the_cache() -> None:
    token = {"AuthToken": "{{resolve:secretsmanager:one}}"}
    assert replaced({}, token, ONLINE) == ("AuthToken",)
    assert replaced(token, {"AuthToken": "{{resolve:secretsmanager:two}}"}, ONLINE) == ()
    assert replaced(token, {}, ONLINE) == ("AuthToken",)


def test_every_condition_states_its_source() -> None:
    assert all(each.source.startswith("https://") for each in CONDITIONAL)
