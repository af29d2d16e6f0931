from __future__ import annotations

import dataclasses
from typing import Any

import pytest

from catalog_platform.release.preflight.assembly import Resources
from catalog_platform.release.preflight.calls import CallError, Cause
from catalog_platform.release.preflight.database_operations import CHECK
from catalog_platform.release.preflight.model import Status
from catalog_platform.release.preflight.store_quotas import INSTANCE
from support.preflight import Account, a_context, a_resource, a_stack, resources, run, statuses

STACK = a_stack(Primary=f"{INSTANCE}=catalog")
DEPLOYED = {"AllocatedStorage": "100", "DBInstanceClass": "db.r6g.large"}


def found(account: Account, status: str, **pending: Any) -> None:
    instance = {"DBInstanceIdentifier": "catalog", "DBInstanceStatus": status}
    instances = [{**instance, "PendingModifiedValues": pending}]
    account.respond("rds", "DescribeDBInstances", {"DBInstances": instances})


def check(account: Account, **changed: str) -> list[Any]:
    context = a_context(
        account,
        resources(Primary=a_resource(INSTANCE, **{**DEPLOYED, **changed})),
        deployed=STACK,
        deployed_template=resources(Primary=a_resource(INSTANCE, **DEPLOYED)),
    )
    return run(CHECK, context)


@pytest.mark.parametrize(
    ("status", "changed", "expected"),
    [
        ("available", {"AllocatedStorage": "200"}, Status.PASSED),
        ("storage-optimization", {"AllocatedStorage": "200"}, Status.FAILED),
        ("storage-optimization", {"StorageType": "io2"}, Status.FAILED),
        ("storage-optimization", {"DBInstanceClass": "db.r6g.xlarge"}, Status.PASSED),
        ("storage-optimization", {}, Status.PASSED),
        ("modifying", {"DBInstanceClass": "db.r6g.xlarge"}, Status.FAILED),
        ("backing-up", {"AllocatedStorage": "200"}, Status.FAILED),
        ("upgrading", {}, Status.WARNING),
        ("stopped", {}, Status.WARNING),
    ],
)
def test_an_operation_fails_when_the_deployment_changes_the_instance(
    account: Account, status: str, changed: dict[str, str], expected: Status
) -> None:
    found(account, status)
    (result,) = check(account, **changed)
    assert result.status is expected
    if expected is Status.FAILED:
        assert "aws rds wait db-instance-available" in result.hint


def test_without_the_deployed_template_an_operation_is_a_warning(account: Account) -> None:
    def denied() -> Resources:
        raise CallError(Cause.DENIED, "cloudformation:GetTemplate", "no")

    found(account, "modifying")
    template = resources(Primary=a_resource(INSTANCE, **DEPLOYED))
    context = dataclasses.replace(
        a_context(account, template, deployed=STACK), deployed_template=denied
    )
    (result,) = run(CHECK, context)
    assert result.status is Status.WARNING
    assert "needs the permission cloudformation:GetTemplate" in result.message


def test_pending_modifications_are_a_warning(account: Account) -> None:
    found(account, "available", EngineVersion="17.10", AllocatedStorage=200)
    results = check(account)
    assert statuses(results) == [Status.PASSED, Status.WARNING]
    assert "AllocatedStorage, EngineVersion" in results[1].message


def test_an_instance_that_somebody_deleted_fails(account: Account) -> None:
    account.refuse("rds", "DescribeDBInstances", "DBInstanceNotFound")
    (result,) = check(account)
    assert result.status is Status.FAILED
    assert "does not exist" in result.message


def test_a_first_deployment_asks_nothing(account: Account) -> None:
    context = a_context(account, resources(Primary=a_resource(INSTANCE)))
    assert statuses(run(CHECK, context)) == [Status.PASSED]
    assert account.actions == set()
