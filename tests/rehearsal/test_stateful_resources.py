"""Stateful resources that an update replaces or removes."""

from __future__ import annotations

from typing import Any

import pytest

from catalog_platform.rehearsal.stateful_resources import EFFECTS, StatefulResource, losses

DATABASE = "AWS::RDS::DBInstance"


def template(**attributes: Any) -> dict[str, Any]:
    return {"Resources": {"Database": {"Type": DATABASE, **attributes}}}


def test_an_unchanged_physical_id_is_no_loss() -> None:
    stores = (StatefulResource("Database", DATABASE, "db-1"),)
    assert losses(stores, stores, template(), template(), {}) == ()


def test_the_new_template_decides_the_fate_of_a_replaced_resource() -> None:
    (found,) = losses(
        (StatefulResource("Database", DATABASE, "db-1"),),
        (StatefulResource("Database", DATABASE, "db-2"),),
        template(UpdateReplacePolicy="Delete"),
        template(UpdateReplacePolicy="Snapshot"),
        {},
    )
    assert (found.before, found.after, found.fate) == ("db-1", "db-2", EFFECTS["Snapshot"])
    assert found.what == "database"


@pytest.mark.parametrize("policy", ["Retain", "RetainExceptOnCreate"])
def test_the_old_template_decides_the_fate_of_a_removed_resource(policy: str) -> None:
    before = (StatefulResource("Database", DATABASE, "db-1"),)
    (found,) = losses(before, (), template(DeletionPolicy=policy), {"Resources": {}}, {})
    assert (found.after, found.fate) == ("", EFFECTS["Retain"])


def test_without_a_policy_the_resource_is_deleted() -> None:
    before, after = (
        (StatefulResource("Database", DATABASE, "1"),),
        (StatefulResource("Database", DATABASE, "2"),),
    )
    assert losses(before, after, template(), template(), {})[0].fate == EFFECTS["Delete"]


def test_a_replaced_replica_is_no_loss() -> None:
    replica = template(Properties={"SourceDBInstanceIdentifier": "db-1"})
    before, after = (
        (StatefulResource("Database", DATABASE, "1"),),
        (StatefulResource("Database", DATABASE, "2"),),
    )
    assert losses(before, after, replica, replica, {}) == ()


def test_rds_does_not_delete_a_protected_instance() -> None:
    before = (StatefulResource("Database", DATABASE, "1"),)
    on = template(Properties={"DeletionProtection": True}, DeletionPolicy="Snapshot")
    assert losses(before, (), on, {"Resources": {}}, {})[0].fate == EFFECTS["Retain"]


def test_a_loss_has_the_reason_why_it_is_accepted() -> None:
    before, after = (
        (StatefulResource("Database", DATABASE, "1"), StatefulResource("Other", DATABASE, "1")),
        (StatefulResource("Database", DATABASE, "2"), StatefulResource("Other", DATABASE, "2")),
    )
    found = losses(before, after, template(), template(), {"Database": "acknowledged"})
    assert [each.accepted for each in found] == ["acknowledged", ""]
