"""Rules about the restore of the database."""

from __future__ import annotations

import datetime
from collections.abc import Iterator

from catalog_platform.manifest.checks.rule import Rule, RuleViolation
from catalog_platform.model import Manifest

RESOURCE_ID = "db-"


def restore_time_exists(manifest: Manifest) -> Iterator[RuleViolation]:
    """The date of `database.restore_time` is in the calendar."""
    time = manifest.database.restore_time
    if time is None:
        return
    try:
        datetime.datetime.fromisoformat(time)
    except ValueError as error:
        yield RuleViolation(
            "database.restore_time",
            f"{time} is not a time: {error}",
            'write a time in UTC, such as "2026-11-26T02:15:00Z"',
        )


def restore_time_belongs_to_an_instance(manifest: Manifest) -> Iterator[RuleViolation]:
    """A point in time is restored from an instance, given by its resource id; a snapshot has none.

    The resource id (`db-` and capital letters) identifies an instance also after it was renamed or
    deleted.

    https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_PIT.html
    """
    source, time = manifest.database.restore_from, manifest.database.restore_time
    is_instance = source is not None and _is_resource_id(source)
    if time is not None and not is_instance:
        yield RuleViolation(
            "database.restore_time",
            f"{time} needs the resource id of an instance in database.restore_from, which is "
            f"{source or 'null'}",
            "set database.restore_from to the DbiResourceId of the instance, or remove the time "
            "to restore a snapshot",
            ("database.restore_from",),
        )
    if time is None and is_instance:
        yield RuleViolation(
            "database.restore_from",
            f"{source} is the resource id of an instance, but database.restore_time is null",
            'set database.restore_time to a time in UTC, such as "2026-11-26T02:15:00Z", or '
            "database.restore_from to a snapshot",
            ("database.restore_time",),
        )


def _is_resource_id(source: str) -> bool:
    return source.startswith(RESOURCE_ID) and source.removeprefix(RESOURCE_ID).isupper()


RULES: tuple[Rule, ...] = (restore_time_exists, restore_time_belongs_to_an_instance)
