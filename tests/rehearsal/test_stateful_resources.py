"""Stateful resources that an update has put something else in the place of."""

from __future__ import annotations

from typing import Any

from catalog_platform.rehearsal.stateful_resources import FATES, Store, losses

DATABASE = "AWS::RDS::DBInstance"


def template(**attributes: Any) -> dict[str, Any]:
    return {"Resources": {"Database": {"Type": DATABASE, **attributes}}}


def test_what_keeps_its_physical_id_is_the_same() -> None:
    stores = (Store("Database", DATABASE, "db-1"),)
    assert losses(stores, stores, template(), template()) == ()


def test_the_new_template_decides_what_becomes_of_what_is_replaced() -> None:
    (found,) = losses(
        (Store("Database", DATABASE, "db-1"),),
        (Store("Database", DATABASE, "db-2"),),
        template(UpdateReplacePolicy="Delete"),
        template(UpdateReplacePolicy="Snapshot"),
    )
    assert (found.before, found.after, found.fate) == ("db-1", "db-2", FATES["Snapshot"])
    assert found.what == "database"


def test_the_old_template_decides_what_becomes_of_what_is_removed() -> None:
    before = (Store("Database", DATABASE, "db-1"),)
    (found,) = losses(before, (), template(DeletionPolicy="Retain"), {"Resources": {}})
    assert (found.after, found.fate) == ("", FATES["Retain"])


def test_without_a_policy_it_is_deleted() -> None:
    before, after = (Store("Database", DATABASE, "1"),), (Store("Database", DATABASE, "2"),)
    assert losses(before, after, template(), template())[0].fate == FATES["Delete"]


def test_a_replica_that_is_made_anew_is_no_loss() -> None:
    replica = template(Properties={"SourceDBInstanceIdentifier": "db-1"})
    before, after = (Store("Database", DATABASE, "1"),), (Store("Database", DATABASE, "2"),)
    assert losses(before, after, replica, replica) == ()
