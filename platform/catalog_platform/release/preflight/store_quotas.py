"""Compare the database instances and shards that the stack adds with the account's quotas.

https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_AccountQuota.html
https://docs.aws.amazon.com/kinesis/latest/APIReference/API_DescribeLimits.html
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from catalog_platform.release.preflight import deployed, quota
from catalog_platform.release.preflight.calls import CallError
from catalog_platform.release.preflight.context import Context
from catalog_platform.release.preflight.model import Check, Result, not_checked, passed

INSTANCE = "AWS::RDS::DBInstance"
STREAM = "AWS::Kinesis::Stream"


def _instances(context: Context) -> Iterator[Result]:
    added = quota.added(context, INSTANCE)
    if not added:
        yield passed("the stack adds no database instance")
        return
    quotas = {
        each["AccountQuotaName"]: quota.Usage(each["Used"], each["Max"])
        for each in context.calls.call("rds", "DescribeAccountAttributes")["AccountQuotas"]
    }
    usage = quotas["DBInstances"]
    hint = quota.increase("rds", "L-7B6409FD", usage.used + added)
    yield quota.compared("DB instances", added, usage, hint=hint, key="database.read_replicas")


def _shards(context: Context) -> Iterator[Result]:
    added = 0
    for stream in context.assembly.of_type(STREAM):
        wanted = stream.properties.number("ShardCount") or 0
        name = context.physical_id(stream)
        if name is not None:
            summary = context.calls.call("kinesis", "DescribeStreamSummary", StreamName=name)
            wanted -= summary["StreamDescriptionSummary"]["OpenShardCount"]
        added += max(0, wanted)
    if not added:
        yield passed("the stack adds no shard")
        return
    limits = context.calls.call("kinesis", "DescribeLimits")
    usage = quota.Usage(limits["OpenShardCount"], limits["ShardLimit"])
    yield quota.compared(
        "shards",
        added,
        usage,
        hint="request a higher quota of shards for Amazon Kinesis Data Streams in Service Quotas",
        key="stream.shards",
    )


def _run(context: Context) -> Iterator[Result]:
    parts: tuple[tuple[str, Callable[[Context], Iterator[Result]]], ...] = (
        ("DB instances", _instances),
        ("shards", _shards),
    )
    for what, part in parts:
        try:
            yield from part(context)
        except CallError as error:
            yield not_checked(f"{what}: {error.reason}")


CHECK = Check(
    name="store-quotas",
    looks_at="Whether the database instances and shards that the stack adds fit into the region's"
    " quotas.",
    blind_to="ElastiCache's quota of nodes (300 by default), and the capacity that AWS has for an"
    " instance class at the moment.",
    actions=(
        "kinesis:DescribeLimits",
        "kinesis:DescribeStreamSummary",
        "rds:DescribeAccountAttributes",
        *deployed.ACTIONS,
    ),
    run=_run,
)
