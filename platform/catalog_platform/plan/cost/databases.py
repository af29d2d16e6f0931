"""RDS: instances, their storage and what is provisioned beyond it, and proxies.

Instances, storage and backups: https://aws.amazon.com/rds/postgresql/pricing/
Baselines of gp3: https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/CHAP_Storage.html
Performance Insights: https://aws.amazon.com/rds/performance-insights/pricing/
Proxies, with their minimum of two vCPUs: https://aws.amazon.com/rds/proxy/pricing/
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping

from catalog_platform.plan.cost.dimension import (
    Billing,
    Dimension,
    Unknown,
    Usage,
    hourly,
    monthly,
)
from catalog_platform.plan.cost.resource import Resource, UnstatedError

INSTANCE = "AWS::RDS::DBInstance"
# gp3 has these without charge; from 400 GiB on, PostgreSQL has the larger ones.
LARGE_GIB = 400
BASELINE_IOPS, LARGE_IOPS = 3000, 12000
BASELINE_MBPS, LARGE_MBPS = 125, 500
FREE_INSIGHTS_DAYS = 7
MONTH_DAYS = 31
PROXY_MINIMUM_VCPUS = 2
SIZE = re.compile(r"db\.([a-z]+\d\w*)\.(micro|small|medium|large|(\d*)xlarge)")
# Burstable classes of the third and fourth generation have two vCPUs in each small size.
BURSTABLE = ("t3", "t4g")


def instance(resource: Resource) -> Iterator[Dimension]:
    """Yield what an instance costs; a replica is an instance of its own."""
    name, multi = resource.text("DBInstanceClass"), resource.flag("MultiAZ")
    zones = "multi" if multi else "single"
    kind = "replica" if "SourceDBInstanceIdentifier" in resource.properties else "instance"
    if resource.text("Engine", _engine_of_source(resource)) != "postgres":
        raise UnstatedError("only prices of the engine postgres are known")
    yield hourly(f"rds.pg.{name}.{zones}", 1, f"{kind} {name}{' in two zones' * multi}")
    yield from _storage(resource, zones)
    yield from _insights(resource, name)
    if name.split(".")[1] in BURSTABLE:
        yield Usage(price="rds.cpu_credits_t4g", what="CPU credits beyond those earned")
    if resource.number("BackupRetentionPeriod", 0 if kind == "replica" else 1):
        yield Usage(price="rds.backup", what="backups beyond the size of the storage, snapshots")
    if resource.number("MonitoringInterval", 0):
        yield Usage(price="cloudwatch.logs_ingest", what="Enhanced Monitoring, as log events")


def _engine_of_source(resource: Resource) -> str:
    return next(
        (each.text("Engine") for each in resource.referred("SourceDBInstanceIdentifier", INSTANCE)),
        "",
    )


def _storage(resource: Resource, zones: str) -> Iterator[Dimension]:
    sources = resource.referred("SourceDBInstanceIdentifier", INSTANCE)
    stated = resource if "AllocatedStorage" in resource.properties else next(sources, resource)
    gib, kind = stated.number("AllocatedStorage"), resource.text("StorageType", "gp2")
    if kind not in ("gp2", "gp3", "io2"):
        yield Unknown(what=f"storage of the type {kind}: no price is known")
        return
    yield monthly(f"rds.storage.{kind}.{zones}", gib, f"{gib} GiB of {kind} storage")
    if (maximum := resource.number("MaxAllocatedStorage", 0)) > gib:
        what = f"storage that autoscaling adds, up to {maximum} GiB"
        yield Usage(price=f"rds.storage.{kind}.{zones}", what=what)
    large = kind == "gp3" and gib >= LARGE_GIB
    free = (LARGE_IOPS if large else BASELINE_IOPS) if kind == "gp3" else 0
    if (iops := resource.number("Iops", 0) - free) > 0 and kind != "gp2":
        yield monthly(f"rds.iops.{kind}.{zones}", iops, f"{iops} IOPS above those included")
    free = LARGE_MBPS if large else BASELINE_MBPS
    if (mbps := resource.number("StorageThroughput", 0) - free) > 0 and kind == "gp3":
        yield monthly(f"rds.throughput.gp3.{zones}", mbps, f"{mbps} MiB/s above those included")


def _insights(resource: Resource, name: str) -> Iterator[Dimension]:
    if resource.text("DatabaseInsightsMode", "standard") == "advanced":
        number = vcpus(name)
        what = f"Database Insights, advanced, of {number} vCPUs"
        yield hourly("rds.database_insights_advanced", number, what)
        return
    days = resource.number("PerformanceInsightsRetentionPeriod", FREE_INSIGHTS_DAYS)
    if resource.flag("EnablePerformanceInsights") and days > FREE_INSIGHTS_DAYS:
        number, months = vcpus(name), math.ceil(days / MONTH_DAYS)
        what = f"Performance Insights of {number} vCPUs"
        yield monthly("rds.pi.first_month", number, f"{what}, first month")
        if months > 1:
            more = f"{what}, {months - 1} further months"
            yield monthly("rds.pi.additional_month", number * (months - 1), more)


def vcpus(name: str) -> int:
    """Return the vCPUs of an instance class. Raises `UnstatedError` for one of another scheme.

    https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/Concepts.DBInstanceClass.Summary.html
    """
    found = SIZE.fullmatch(name)
    if found is None or (found[2] in ("micro", "small", "medium") and found[1] not in BURSTABLE):
        raise UnstatedError(f"the number of vCPUs of {name} is not known")
    return 4 * int(found[3] or 1) if found[2].endswith("xlarge") else 2


def target_group(resource: Resource) -> Iterator[Dimension]:
    """Yield what the proxy of a target group costs: it is billed by the vCPUs of its targets."""
    targets = [*resource.referred("DBInstanceIdentifiers", INSTANCE)]
    if not targets:
        raise UnstatedError("DBInstanceIdentifiers names no instance of this stack")
    for each in targets:
        number = max(PROXY_MINIMUM_VCPUS, vcpus(each.text("DBInstanceClass")))
        yield hourly("rds.proxy_vcpu_hour", number, f"proxy for {number} vCPUs")


BILLED: Mapping[str, Billing] = {
    INSTANCE: instance,
    "AWS::RDS::DBProxyTargetGroup": target_group,
}
# Billed with something else, by the reason.
FREE: Mapping[str, str] = {
    "AWS::RDS::DBProxy": "billed by the vCPUs of its target group",
    "AWS::RDS::DBParameterGroup": "https://aws.amazon.com/rds/postgresql/pricing/",
    "AWS::RDS::DBSubnetGroup": "https://aws.amazon.com/rds/postgresql/pricing/",
}
