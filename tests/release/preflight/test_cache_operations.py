from __future__ import annotations

from typing import Any

import pytest

from catalog_platform.release.preflight.cache_operations import CHECK
from catalog_platform.release.preflight.cache_version import GROUP
from catalog_platform.release.preflight.model import Status
from support.preflight import Account, a_context, a_resource, a_stack, resources, run, statuses

TEMPLATE = resources(Cache=a_resource(GROUP))
STACK = a_stack(Cache=f"{GROUP}=cache")


def found(account: Account, status: str, **pending: Any) -> None:
    group = {"ReplicationGroupId": "cache", "Status": status, "PendingModifiedValues": pending}
    account.respond("elasticache", "DescribeReplicationGroups", {"ReplicationGroups": [group]})


@pytest.mark.parametrize(
    ("status", "expected"),
    [
        ("available", Status.PASSED),
        ("modifying", Status.FAILED),
        ("snapshotting", Status.FAILED),
    ],
)
def test_an_operation_fails(account: Account, status: str, expected: Status) -> None:
    found(account, status)
    (result,) = run(CHECK, a_context(account, TEMPLATE, deployed=STACK))
    assert result.status is expected
    if expected is Status.FAILED:
        assert "aws elasticache wait replication-group-available" in result.hint


def test_pending_modifications_are_a_warning(account: Account) -> None:
    found(account, "available", AutomaticFailoverStatus="enabled")
    results = run(CHECK, a_context(account, TEMPLATE, deployed=STACK))
    assert statuses(results) == [Status.PASSED, Status.WARNING]


def test_a_cache_that_somebody_deleted_fails(account: Account) -> None:
    account.refuse("elasticache", "DescribeReplicationGroups", "ReplicationGroupNotFoundFault")
    assert statuses(run(CHECK, a_context(account, TEMPLATE, deployed=STACK))) == [Status.FAILED]


def test_a_first_deployment_asks_nothing(account: Account) -> None:
    assert statuses(run(CHECK, a_context(account, TEMPLATE))) == [Status.PASSED]
    assert account.actions == set()
