from __future__ import annotations

import pytest

from catalog_platform.release.preflight.cache_node_type import CHECK
from catalog_platform.release.preflight.cache_version import GROUP
from catalog_platform.release.preflight.model import Status
from support.preflight import Account, a_context, a_resource, a_stack, resources, run

TEMPLATE = resources(Cache=a_resource(GROUP, CacheNodeType="cache.r7g.large"))


@pytest.mark.parametrize(("is_sold", "status"), [(True, Status.PASSED), (False, Status.WARNING)])
def test_a_new_cache_needs_a_type_that_is_sold(
    account: Account, is_sold: bool, status: Status
) -> None:
    account.respond(
        "elasticache",
        "DescribeReservedCacheNodesOfferings",
        {"ReservedCacheNodesOfferings": [{"CacheNodeType": "cache.r7g.large"}] * is_sold},
        {"CacheNodeType": "cache.r7g.large"},
    )
    (result,) = run(CHECK, a_context(account, TEMPLATE))
    assert result.status is status


def test_a_type_that_is_refused_is_not_sold(account: Account) -> None:
    account.refuse(
        "elasticache", "DescribeReservedCacheNodesOfferings", "ReservedCacheNodesOfferingNotFound"
    )
    (result,) = run(CHECK, a_context(account, TEMPLATE))
    assert result.status is Status.WARNING


@pytest.mark.parametrize(
    ("now", "allowed", "status"),
    [
        ("cache.r7g.large", None, Status.PASSED),
        ("cache.r7g.xlarge", ["cache.r7g.large"], Status.PASSED),
        ("cache.r7g.xlarge", ["cache.r7g.2xlarge"], Status.FAILED),
        ("cache.r7g.xlarge", [], Status.FAILED),
    ],
)
def test_a_deployed_cache_can_be_changed_to_listed_types(
    account: Account, now: str, allowed: list[str] | None, status: Status
) -> None:
    group = {"ReplicationGroupId": "cache", "CacheNodeType": now}
    account.respond("elasticache", "DescribeReplicationGroups", {"ReplicationGroups": [group]})
    if allowed is not None:
        account.respond(
            "elasticache", "ListAllowedNodeTypeModifications", {"ScaleDownModifications": allowed}
        )
    (result,) = run(CHECK, a_context(account, TEMPLATE, deployed=a_stack(Cache=f"{GROUP}=cache")))
    assert result.status is status
    assert bool(result.hint) == (status is Status.FAILED)
