"""Look whether RDS offers the instance class in the zones of the subnets.

https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_DescribeOrderableDBInstanceOptions.html
"""

from __future__ import annotations

from collections.abc import Iterator

from catalog_platform.release.preflight import deployed
from catalog_platform.release.preflight.assembly import Resource
from catalog_platform.release.preflight.context import Context
from catalog_platform.release.preflight.model import Check, Result, failed, passed, warning
from catalog_platform.release.preflight.store_quotas import INSTANCE
from catalog_platform.release.preflight.zones import ZONES_KEY, zones_of

KEY = "database.instance_class"
GROUP = "AWS::RDS::DBSubnetGroup"


def _run(context: Context) -> Iterator[Result]:
    for instance in context.assembly.of_type(INSTANCE):
        if (checked := _class_of(context, instance)) is not None:
            yield checked


def _class_of(context: Context, instance: Resource) -> Result | None:
    properties = instance.properties
    name = properties.text("DBInstanceClass")
    # A replica has the engine of its source.
    source = _source(context, instance) or instance
    engine = source.properties.text("Engine") or "postgres"
    version = properties.text("EngineVersion") or source.properties.text("EngineVersion")
    if name is None:
        return None
    options = [
        each
        for each in context.calls.pages(
            "rds",
            "DescribeOrderableDBInstanceOptions",
            "OrderableDBInstanceOptions",
            Engine=engine,
            DBInstanceClass=name,
            Vpc=True,
            **({"EngineVersion": version} if version and "." in version else {}),
        )
        if each.get("StorageType") == (properties.text("StorageType") or each.get("StorageType"))
    ]
    offered = {zone["Name"] for each in options for zone in each.get("AvailabilityZones", ())}
    wanted = zones_of(context.assembly, _subnets(context, instance))
    what = f"{name} for {engine} {version or ''}".strip()
    if not options:
        return failed(
            f"RDS does not offer {what} in {context.assembly.region}",
            hint="choose one of: aws rds describe-orderable-db-instance-options --engine"
            f" {engine} --engine-version {version} --query"
            " 'OrderableDBInstanceOptions[].DBInstanceClass'",
            key=KEY,
        )
    needed = 2 if properties.flag("MultiAZ") else 1
    missing = ", ".join(sorted(wanted - offered))
    if wanted and len(wanted & offered) < needed:
        return failed(
            f"RDS offers {what} in too few of the zones, not in {missing}; {needed} are needed",
            hint=f"use another class ({KEY}) or zones that offer it ({ZONES_KEY}):"
            f" {', '.join(sorted(offered))}",
            key=KEY,
        )
    if missing:
        return warning(
            f"RDS does not offer {what} in {missing}; a failover can't move there",
            hint=f"use another class ({KEY}) or other zones ({ZONES_KEY})",
            key=KEY,
        )
    return passed(f"RDS offers {what} in all zones of {instance.logical_id}")


def _source(context: Context, instance: Resource) -> Resource | None:
    names = instance.properties.references("SourceDBInstanceIdentifier")
    return next((found for name in names if (found := context.assembly.resources.get(name))), None)


def _subnets(context: Context, instance: Resource) -> tuple[str, ...] | None:
    """Return the logical ids of the instance's subnets, None when they aren't in the template."""
    for name in instance.properties.references("DBSubnetGroupName"):
        group = context.assembly.resources.get(name)
        if group is not None and group.type == GROUP:
            return group.properties.references("SubnetIds")
    return None


CHECK = Check(
    name="database-class",
    looks_at="Whether RDS offers the instance class with the engine version and storage type in the"
    " zones of the instance's subnets; Multi-AZ needs two of them.",
    blind_to="Whether a zone has capacity for the class at the moment.",
    actions=("rds:DescribeOrderableDBInstanceOptions", *deployed.ACTIONS),
    run=_run,
)
