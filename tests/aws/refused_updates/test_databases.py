"""Instances and their subnets."""

from __future__ import annotations

from typing import Any

import pytest

from catalog_platform.aws.refused_updates import refused_updates
from support.updates import protected, stack, zones


def test_a_protected_instance_is_not_deleted() -> None:
    for policy in (None, "Delete", "Snapshot"):
        for head in (stack(), protected(policy, name="b")):
            (found,) = refused_updates(protected(policy), head)
            assert (found.resource, found.property) == ("Db", "DeletionProtection")
            assert "CloudFormation leaves it behind" in str(found)
        assert not refused_updates(protected(policy, protection=False), stack())
        assert not refused_updates(protected(policy), protected(policy, protection=False))
    for policy in ("Retain", "RetainExceptOnCreate"):
        assert not refused_updates(protected(policy), stack())
        assert not refused_updates(protected(policy), protected(policy, name="b"))


@pytest.mark.parametrize(
    ("base", "head", "refused"),
    [
        (zones("a", "b"), zones("a", "b", "c"), []),
        (zones("a", "b", "c"), zones("a", "b"), []),
        (zones("a", "b"), zones("a", "c"), ["Group"]),
        (zones("a", "b"), zones("a", "b", block="10.1"), ["Group"]),
        (zones("a", "b", multi_az=False), zones("a", "c", multi_az=False), []),
        (zones("a", "b", multi_az=False), zones("c", "d", multi_az=False), ["Group"]),
    ],
)
def test_subnets_that_instances_certainly_use_stay(
    base: dict[str, Any], head: dict[str, Any], refused: list[str]
) -> None:
    found = refused_updates(base, head)
    assert [each.resource for each in found] == refused
    assert all(each.key == "network.availability_zones" for each in found)
