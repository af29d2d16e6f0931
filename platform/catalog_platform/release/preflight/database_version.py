"""Look whether RDS offers the engine version, and can upgrade the deployed instance to it.

https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_UpgradeDBInstance.Upgrading.html
https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_UpgradeDBInstance.PostgreSQL.html
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from catalog_platform.release.preflight import deployed, versions
from catalog_platform.release.preflight.assembly import Resource
from catalog_platform.release.preflight.context import Context
from catalog_platform.release.preflight.model import Check, Result, failed, passed
from catalog_platform.release.preflight.store_quotas import INSTANCE

KEY = "database.engine_version"


def _run(context: Context) -> Iterator[Result]:
    instances = [
        each for each in context.assembly.of_type(INSTANCE) if each.properties.text("EngineVersion")
    ]
    if not instances:
        yield passed("the template sets no engine version of a database")
    for instance in instances:
        engine = instance.properties.text("Engine") or "postgres"
        wanted = instance.properties.text("EngineVersion") or ""
        identifier = context.physical_id(instance)
        if identifier is None:
            yield _offered(context, engine, wanted)
        else:
            yield from _upgraded(context, instance, identifier, engine, wanted)


def _offered(context: Context, engine: str, wanted: str) -> Result:
    if _find(context, engine, wanted):
        return passed(f"RDS offers {engine} {wanted}")
    # RDS takes long for all versions at once, so only those of one major version are listed.
    family = f"{engine}{wanted.partition('.')[0]}"
    offered = [
        each["EngineVersion"]
        for each in context.calls.pages(
            "rds",
            "DescribeDBEngineVersions",
            "DBEngineVersions",
            Engine=engine,
            DBParameterGroupFamily=family,
        )
    ]
    # A version without a minor one means the newest of them.
    if any(versions.covers(wanted, each) for each in offered):
        return passed(f"RDS offers {engine} {wanted}")
    return failed(
        f"RDS does not offer {engine} {wanted} in {context.assembly.region}",
        hint=f"use an offered version, such as {versions.newest(offered)}"
        if offered
        else "list the offered versions: aws rds describe-db-engine-versions --engine"
        f" {engine} --query 'DBEngineVersions[].EngineVersion'",
        key=KEY,
    )


def _upgraded(
    context: Context, instance: Resource, identifier: str, engine: str, wanted: str
) -> Iterator[Result]:
    (found,) = context.calls.call("rds", "DescribeDBInstances", DBInstanceIdentifier=identifier)[
        "DBInstances"
    ]
    now = str(found["EngineVersion"])
    if versions.covers(wanted, now):
        yield passed(f"{identifier} has {engine} {now}")
        return
    if versions.is_older(wanted, now):
        yield failed(
            f"{identifier} has {engine} {now}, and RDS can't change it to the older {wanted}",
            hint=f'set the deployed version: {KEY}: "{now}"',
            key=KEY,
        )
        return
    yield _target(context, instance, identifier, now, wanted)
    # A major upgrade includes the replicas.
    is_minor = now.partition(".")[0] == wanted.partition(".")[0]
    behind = _replicas_behind(context, found, wanted) if is_minor else []
    if behind:
        yield failed(
            f"RDS upgrades read replicas before their source, and CloudFormation the source first;"
            f" older than {wanted}: {', '.join(behind)}",
            hint="upgrade the replicas in a deployment before this one:"
            " database.replica_engine_version",
            key=KEY,
        )


def _target(context: Context, instance: Resource, identifier: str, now: str, wanted: str) -> Result:
    """Return whether RDS can upgrade an instance from version `now` to `wanted`."""
    engine = instance.properties.text("Engine") or "postgres"
    targets = {
        str(each["EngineVersion"]): bool(each.get("IsMajorVersionUpgrade"))
        for version in _find(context, engine, now)
        for each in version.get("ValidUpgradeTarget", ())
    }
    reached = [each for each in targets if versions.covers(wanted, each)]
    if not reached:
        return failed(
            f"{identifier} has {engine} {now}, and RDS can't upgrade it to {wanted}",
            hint=f"use a version that it can be upgraded to: {versions.newest([*targets], 10)}"
            if targets
            else "wait until RDS offers an upgrade from the deployed version",
            key=KEY,
        )
    is_major = all(targets[each] for each in reached)
    if is_major and not instance.properties.flag("AllowMajorVersionUpgrade"):
        return failed(
            f"{identifier} has {engine} {now}, and {wanted} is a major upgrade, which the template"
            " does not allow",
            hint="allow it on purpose, after a snapshot and a rehearsal:"
            " database.allow_major_upgrade: true",
            key=KEY,
        )
    return passed(f"RDS can upgrade {identifier} from {engine} {now} to {wanted}")


def _replicas_behind(context: Context, source: Mapping[str, Any], wanted: str) -> list[str]:
    found = []
    for name in source.get("ReadReplicaDBInstanceIdentifiers", ()):
        (replica,) = context.calls.call("rds", "DescribeDBInstances", DBInstanceIdentifier=name)[
            "DBInstances"
        ]
        now = str(replica["EngineVersion"])
        if not versions.covers(wanted, now) and not versions.is_older(wanted, now):
            found.append(name)
    return found


def _find(context: Context, engine: str, version: str) -> list[Any]:
    """Return what RDS says about one version; empty when it doesn't offer it."""
    response = context.calls.call(
        "rds", "DescribeDBEngineVersions", Engine=engine, EngineVersion=version
    )
    return [each for each in response["DBEngineVersions"] if each["EngineVersion"] == version]


CHECK = Check(
    name="database-version",
    looks_at="Whether RDS offers the engine version in the region; for a deployed instance,"
    " whether its version can be upgraded to it. A downgrade fails, and so do a major upgrade"
    " that the template does not allow, or a minor upgrade before that of the read replicas.",
    blind_to="What RDS finds when it prepares a major upgrade, such as prepared transactions or"
    " unsupported types.",
    actions=("rds:DescribeDBEngineVersions", "rds:DescribeDBInstances", *deployed.ACTIONS),
    run=_run,
)
