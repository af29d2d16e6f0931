from __future__ import annotations

import pytest

from catalog_platform.aws.api_errors import NoPermissionError
from catalog_platform.errors import PlatformError
from catalog_platform.release.recovery import databases
from support.stubbed import StubbedSession


def described(session: StubbedSession, *, protected: bool) -> None:
    content = {"DBInstances": [{"DBInstanceIdentifier": "a", "DeletionProtection": protected}]}
    session.answer("rds", "describe_db_instances", content)


def test_only_instances_that_exist_can_be_protected() -> None:
    with StubbedSession("rds") as session:
        described(session, protected=True)
        described(session, protected=False)
        session.refuse("rds", "describe_db_instances", "DBInstanceNotFound")
        assert databases.protected(session, ["a", "b", "c"]) == ("a",)


def test_the_protection_is_off_when_rds_says_so() -> None:
    waits: list[float] = []
    with StubbedSession("rds") as session:
        session.answer(
            "rds",
            "modify_db_instance",
            {},
            DBInstanceIdentifier="a",
            DeletionProtection=False,
            ApplyImmediately=True,
        )
        described(session, protected=True)
        described(session, protected=False)
        databases.unprotect(session, "a", sleep=waits.append)
    assert waits == [databases.POLL_SECONDS]


def test_a_protection_that_stays_on_is_an_error_after_a_time() -> None:
    with StubbedSession("rds") as session:
        session.answer("rds", "modify_db_instance", {})
        for _ in range(int(databases.APPLY_SECONDS / databases.POLL_SECONDS) + 1):
            described(session, protected=True)
        with pytest.raises(PlatformError, match="is still protected"):
            databases.unprotect(session, "a", sleep=lambda _: None)


def test_a_missing_permission_is_named() -> None:
    with StubbedSession("rds") as session:
        session.refuse("rds", "modify_db_instance", "AccessDenied")
        with pytest.raises(NoPermissionError, match="rds:ModifyDBInstance"):
            databases.unprotect(session, "a", sleep=lambda _: None)
