"""The deletion protection of database instances."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable

from botocore.exceptions import ClientError

from catalog_platform.aws.api_errors import calling
from catalog_platform.aws.session import Session
from catalog_platform.errors import PlatformError

NOT_FOUND = {"DBInstanceNotFound", "DBInstanceNotFoundFault"}
APPLY_SECONDS = 300.0
POLL_SECONDS = 5.0


def protected(session: Session, identifiers: Iterable[str]) -> tuple[str, ...]:
    """Return the instances that exist and have deletion protection. Raises `PlatformError`."""
    return tuple(each for each in identifiers if _is_protected(session, each))


def unprotect(
    session: Session, identifier: str, *, sleep: Callable[[float], None] = time.sleep
) -> None:
    """Turn the deletion protection of an instance off, and wait until that is in effect.

    Raises `PlatformError`, also for an instance whose status doesn't allow a change.
    https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_ModifyDBInstance.html
    """
    with calling("rds:ModifyDBInstance", f"database {identifier}"):
        session.client("rds").modify_db_instance(
            DBInstanceIdentifier=identifier, DeletionProtection=False, ApplyImmediately=True
        )
    waited = 0.0
    while _is_protected(session, identifier):
        if waited >= APPLY_SECONDS:
            raise PlatformError(
                f"database {identifier}: is still protected against deletion after "
                f"{APPLY_SECONDS:.0f} s",
                hint="run the command again later",
            )
        sleep(POLL_SECONDS)
        waited += POLL_SECONDS


def _is_protected(session: Session, identifier: str) -> bool:
    with calling("rds:DescribeDBInstances", f"database {identifier}"):
        try:
            answer = session.client("rds").describe_db_instances(DBInstanceIdentifier=identifier)
        except ClientError as error:
            if error.response["Error"]["Code"] in NOT_FOUND:
                return False
            raise
    return any(instance.get("DeletionProtection") for instance in answer["DBInstances"])
