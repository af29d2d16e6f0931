"""A database that the template restores from a backup, which a rehearsal does not have."""

from __future__ import annotations

from typing import Any

import pytest

from catalog_platform.rehearsal.restored_database import INSTANCE, REASON, changes, empty_instead

SECRET = ["{{resolve:secretsmanager:", {"Ref": "Secret"}, ":SecretString:password::}}"]
TIME = {"SourceDbiResourceId": "db-A", "RestoreTime": "2026-01-31T02:15:00Z"}


def template(**backup: str) -> dict[str, Any]:
    properties = {"MasterUserPassword": {"Fn::Join": ["", SECRET]}, "Port": "5432", **backup}
    queue = {"Type": "AWS::SQS::Queue"}
    return {"Resources": {"Db": {"Type": INSTANCE, "Properties": properties}, "Queue": queue}}


@pytest.mark.parametrize("backup", [{"DBSnapshotIdentifier": "before"}, TIME])
def test_an_empty_database_with_the_name_and_owner_of_the_backup_is_created_instead(
    backup: dict[str, str],
) -> None:
    written = template(**backup)
    adapted, found = empty_instead(written, "catalog")
    assert written == template(**backup)
    owner = [*SECRET[:2], ":SecretString:username::}}"]
    assert adapted["Resources"]["Db"]["Properties"] == {
        "MasterUserPassword": {"Fn::Join": ["", SECRET]},
        "MasterUsername": {"Fn::Join": ["", owner]},
        "DBName": "catalog",
        "Port": "5432",
    }
    assert adapted["Resources"]["Queue"] == written["Resources"]["Queue"]
    assert {each.property: each.wanted for each in found} == backup
    assert {each.reason for each in found} == {REASON}


def test_a_database_that_is_not_restored_is_unchanged() -> None:
    assert empty_instead(template(), "catalog") == (template(), ())


def test_another_backup_is_a_change_and_the_same_one_is_not() -> None:
    restored = template(DBSnapshotIdentifier="before")
    assert changes(template(), restored)
    assert changes(restored, template())
    assert changes(restored, template(DBSnapshotIdentifier="other"))
    assert changes(template(), template(**TIME))
    assert not changes(restored, template(DBSnapshotIdentifier="before", Iops="1"))
    assert not changes(template(), template())
