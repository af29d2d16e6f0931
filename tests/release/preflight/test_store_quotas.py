from __future__ import annotations

import pytest

from catalog_platform.release.preflight.model import Status
from catalog_platform.release.preflight.store_quotas import CHECK, INSTANCE, STREAM
from support.preflight import Account, a_context, a_resource, a_stack, resources, run, statuses

TEMPLATE = resources(
    Primary=a_resource(INSTANCE),
    Replica=a_resource(INSTANCE),
    Stream=a_resource(STREAM, ShardCount=4),
)


@pytest.mark.parametrize(
    ("instances", "shards", "expected"),
    [
        (38, 196, [Status.PASSED, Status.PASSED]),
        (39, 196, [Status.FAILED, Status.PASSED]),
        (38, 197, [Status.PASSED, Status.FAILED]),
    ],
)
def test_instances_and_shards_must_fit(
    account: Account, instances: int, shards: int, expected: list[Status]
) -> None:
    quota = {"AccountQuotaName": "DBInstances", "Used": instances, "Max": 40}
    account.respond("rds", "DescribeAccountAttributes", {"AccountQuotas": [quota]})
    limits = {"ShardLimit": 200, "OpenShardCount": shards, "OnDemandStreamCount": 0}
    account.respond("kinesis", "DescribeLimits", {**limits, "OnDemandStreamCountLimit": 50})
    assert statuses(run(CHECK, a_context(account, TEMPLATE))) == expected


def test_only_additional_shards_count(account: Account) -> None:
    summary = {
        "StreamName": "stream",
        "StreamARN": "arn:aws:kinesis:eu-west-1:1:stream/stream",
        "StreamStatus": "ACTIVE",
        "RetentionPeriodHours": 24,
        "StreamCreationTimestamp": "2030-01-01T00:00:00Z",
        "EnhancedMonitoring": [],
        "OpenShardCount": 2,
    }
    account.respond("kinesis", "DescribeStreamSummary", {"StreamDescriptionSummary": summary})
    limits = {"ShardLimit": 200, "OpenShardCount": 198, "OnDemandStreamCount": 0}
    account.respond("kinesis", "DescribeLimits", {**limits, "OnDemandStreamCountLimit": 50})
    stack = a_stack(Primary=f"{INSTANCE}=a", Replica=f"{INSTANCE}=b", Stream=f"{STREAM}=stream")
    results = run(CHECK, a_context(account, TEMPLATE, deployed=stack))
    assert statuses(results) == [Status.PASSED, Status.PASSED]
    assert "198 of 200 are used, and the stack adds 2" in results[1].message


def test_a_denied_call_leaves_the_other_quota(account: Account) -> None:
    account.refuse("rds", "DescribeAccountAttributes", "AccessDenied")
    template = resources(Primary=a_resource(INSTANCE))
    results = run(CHECK, a_context(account, template))
    assert statuses(results) == [Status.NOT_CHECKED, Status.PASSED]
