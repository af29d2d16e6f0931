"""Rules of RDS about read replicas and their source."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from catalog_platform.aws.refused_updates.databases import API, GUIDE, INSTANCE, VERSION
from catalog_platform.aws.refused_updates.model import Rule
from catalog_platform.aws.refused_updates.update import ResourceUpdate, references
from catalog_platform.aws.refused_updates.values import number, version

SOURCE = "SourceDBInstanceIdentifier"


def _deployed_replicas(update: ResourceUpdate) -> Iterator[dict[str, Any]]:
    """Yield the properties of the instance's replicas; those that are removed exist until the end.

    A replica that is added doesn't exist yet when its source is updated.
    """
    for resource in update.stack.base.values():
        properties = resource.get("Properties", {})
        if resource["Type"] == INSTANCE and update.logical_id in references(properties.get(SOURCE)):
            yield properties


def _is_upgraded_before_replicas(update: ResourceUpdate) -> bool:
    old, new = (version(read("EngineVersion")) for read in (update.before, update.after))
    if old is None or new is None or new <= old or new[0] != old[0]:
        return False
    # A replica without a version has the version of its source.
    return any(
        (version(replica.get("EngineVersion")) or old) < new
        for replica in _deployed_replicas(update)
    )


def _is_behind_its_source(update: ResourceUpdate) -> bool:
    own = version(update.after("EngineVersion"))
    return own is not None and any(
        own < version_of_source for version_of_source in _versions_of_source(update)
    )


def _leaves_its_source(update: ResourceUpdate) -> bool:
    """Return whether a replica gets a major version that its source doesn't have."""
    old, new = (version(read("EngineVersion")) for read in (update.before, update.after))
    if old is None or new is None or new[0] <= old[0]:
        return False
    return any(source[0] != new[0] for source in _versions_of_source(update))


def _versions_of_source(update: ResourceUpdate) -> Iterator[tuple[int, ...]]:
    for name in references(update.after(SOURCE)):
        resource = update.stack.head.get(name, {})
        found = version(resource.get("Properties", {}).get("EngineVersion"))
        if resource.get("Type") == INSTANCE and found is not None:
            yield found


def _disables_backups(update: ResourceUpdate) -> bool:
    period = number(update.after("BackupRetentionPeriod"))
    return period == 0 and any(_deployed_replicas(update))


RULES = (
    Rule(
        type=INSTANCE,
        property="EngineVersion",
        key=VERSION,
        reason="RDS requires that read replicas are upgraded before their source, and"
        " CloudFormation updates the source first; deploy database.replica_engine_version first",
        source=f"{GUIDE}/USER_UpgradeDBInstance.PostgreSQL.html",
        refuses=_is_upgraded_before_replicas,
    ),
    Rule(
        type=INSTANCE,
        property="EngineVersion",
        key="database.replica_engine_version",
        reason="a read replica has the version of its source or a newer one",
        source=f"{API}/API_ModifyDBInstance.html",
        refuses=_is_behind_its_source,
    ),
    Rule(
        type=INSTANCE,
        property="EngineVersion",
        key="database.replica_engine_version",
        reason="RDS upgrades a read replica to a new major version only together with its source",
        source=f"{GUIDE}/USER_UpgradeDBInstance.PostgreSQL.MajorVersion.html",
        refuses=_leaves_its_source,
    ),
    Rule(
        type=INSTANCE,
        property="BackupRetentionPeriod",
        key="database.backup_retention_days",
        reason="RDS doesn't disable the backups of an instance that has read replicas; deploy"
        " their removal first",
        source=f"{API}/API_ModifyDBInstance.html",
        refuses=_disables_backups,
    ),
)
