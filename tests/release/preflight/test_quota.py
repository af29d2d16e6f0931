from __future__ import annotations

import pytest

from catalog_platform.release.preflight.calls import CallError
from catalog_platform.release.preflight.model import Status
from catalog_platform.release.preflight.quota import Usage, compared, limit
from support.preflight import Account


@pytest.mark.parametrize(("used", "status"), [(3, Status.PASSED), (4, Status.FAILED)])
def test_the_last_ones_of_a_quota_may_be_used(used: int, status: Status) -> None:
    result = compared("VPCs", 2, Usage(used, 5), hint="ask", key="network.cidr")
    assert result.status is status
    assert result.message == f"VPCs: {used} of 5 are used, and the stack adds 2"


def test_a_quota_that_was_never_changed_has_aws_default(account: Account) -> None:
    account.refuse("service-quotas", "GetServiceQuota", "NoSuchResourceException")
    account.respond("service-quotas", "GetAWSDefaultServiceQuota", {"Quota": {"Value": 5.0}})
    assert limit(account, "vpc", "L-F678F1CE") == 5


def test_a_denied_quota_is_no_default(account: Account) -> None:
    account.refuse("service-quotas", "GetServiceQuota", "AccessDeniedException")
    with pytest.raises(CallError):
        limit(account, "vpc", "L-F678F1CE")
