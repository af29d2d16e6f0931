from __future__ import annotations

from typing import Any

import pytest

from catalog_platform.errors import PlatformError, UsageError
from catalog_platform.release.recovery import planning
from catalog_platform.release.recovery.plan import Kind, Plan
from catalog_platform.release.recovery.request import Request
from support.stubbed import StubbedSession

SERVICES = ("cloudformation", "s3", "kinesis", "rds")
NEW = ("stack REVIEW_IN_PROGRESS", "stack CREATE_IN_PROGRESS")
OLD = (*NEW, "stack CREATE_COMPLETE")
BUCKET, DATABASE, STREAM = "AWS::S3::Bucket", "AWS::RDS::DBInstance", "AWS::Kinesis::Stream"
GROUP, KEY = "AWS::Logs::LogGroup", "AWS::KMS::Key"


def make(session: StubbedSession, **options: Any) -> Plan:
    return planning.make(Request(session, "prod", **options))


def kinds(plan: Plan) -> list[Kind]:
    return [step.kind for step in plan.steps]


def database(session: StubbedSession, *, protected: bool = True, replica: bool = False) -> None:
    instance: dict[str, Any] = {"DeletionProtection": protected}
    if replica:
        instance["ReadReplicaSourceDBInstanceIdentifier"] = "primary"
    session.answer("rds", "describe_db_instances", {"DBInstances": [instance]})


def test_a_rolled_back_creation_is_deleted_after_its_protection_is_off() -> None:
    with StubbedSession(*SERVICES) as session:
        session.stack("ROLLBACK_COMPLETE", EnableTerminationProtection=True)
        session.events(*NEW, f"Key CREATE_FAILED - {KEY} a limit", "stack ROLLBACK_COMPLETE")
        session.resources(f"Key DELETE_COMPLETE k {KEY}")
        plan = make(session)
    assert kinds(plan) == [Kind.UNPROTECT_STACK, Kind.DELETE]
    lines = list(plan.lines())
    assert lines[:2] == [
        "catalog-prod is ROLLBACK_COMPLETE",
        f"  failed: Key ({KEY}): a limit",
    ]


def test_a_failed_rollback_of_a_creation_lifts_the_protection_of_its_databases() -> None:
    with StubbedSession(*SERVICES) as session:
        session.stack("ROLLBACK_FAILED", EnableTerminationProtection=True)
        session.events(*NEW, "stack ROLLBACK_FAILED")
        session.resources(
            f"Database DELETE_FAILED db {DATABASE}",
            f"Replica DELETE_FAILED db-replica {DATABASE}",
            f"Group DELETE_FAILED /aws/group {GROUP}",
            f"Key CREATE_COMPLETE key-1 {KEY}",
        )
        session.template(
            Database={"Type": DATABASE, "DeletionPolicy": "Snapshot"},
            Replica={"Type": DATABASE, "DeletionPolicy": "Delete"},
            Group={
                "DeletionPolicy": "RetainExceptOnCreate",
                "Properties": {"LogGroupName": "/aws/group"},
            },
            Key={"DeletionPolicy": "RetainExceptOnCreate"},
        )
        database(session)
        database(session, replica=True)
        plan = make(session)
    assert kinds(plan) == [
        Kind.UNPROTECT_DATABASE,
        Kind.UNPROTECT_DATABASE,
        Kind.UNPROTECT_STACK,
        Kind.DELETE,
    ]
    assert [step.database for step in plan.steps[:2]] == ["db", "db-replica"]
    text = "\n".join(plan.lines())
    assert f"deletes Database ({DATABASE} db), keeps a snapshot" in text
    assert f"leaves Group ({GROUP} /aws/group): the next deployment imports it" in text
    assert f"leaves Key ({KEY} key-1): outside the stack" in text


def test_a_creation_without_rollback_is_rolled_back_with_what_a_deletion_would_retain() -> None:
    with StubbedSession(*SERVICES) as session:
        session.stack("CREATE_FAILED")
        session.events(*NEW, "stack CREATE_FAILED")
        session.resources(f"Stream CREATE_COMPLETE s {STREAM}")
        session.template(Stream={"DeletionPolicy": "RetainExceptOnCreate"})
        session.answer("kinesis", "list_shards", {"Shards": []})
        plan = make(session)
    assert kinds(plan) == [Kind.ROLL_BACK, Kind.DELETE]
    assert [each.logical_id for each in plan.deleted] == ["Stream"]


@pytest.mark.parametrize("status", ["ROLLBACK_COMPLETE", "ROLLBACK_FAILED", "CREATE_FAILED"])
def test_without_proof_that_it_was_never_complete_no_stack_is_deleted(status: str) -> None:
    with StubbedSession(*SERVICES) as session:
        session.stack(status)
        session.events("stack ROLLBACK_IN_PROGRESS", f"stack {status}")
        with pytest.raises(PlatformError, match="don't prove that it was never complete"):
            make(session)


def test_a_deletion_that_would_lose_data_is_refused_with_all_of_it() -> None:
    with StubbedSession(*SERVICES) as session:
        session.stack("ROLLBACK_FAILED")
        session.events(*NEW, "stack ROLLBACK_FAILED")
        session.resources(f"One DELETE_FAILED one {BUCKET}", f"Two DELETE_FAILED two {BUCKET}")
        session.template()
        session.answer("s3", "list_object_versions", {"Versions": [{"Key": "a"}]})
        session.refuse("s3", "list_object_versions", "AccessDenied")
        with pytest.raises(PlatformError, match="would lose data") as caught:
            make(session)
    assert f"One ({BUCKET} one): objects" in caught.value.message
    assert f"Two ({BUCKET} two): unknown contents" in caught.value.message
    assert "--retain" not in caught.value.hint


def deleted_stack(session: StubbedSession, *, protected: bool = False) -> None:
    """A stack that was complete, and whose deletion has failed at its database and bucket."""
    session.stack("DELETE_FAILED", EnableTerminationProtection=protected)
    session.events(*OLD, "stack DELETE_IN_PROGRESS", "stack DELETE_FAILED")
    session.resources(
        f"Database DELETE_FAILED db {DATABASE}",
        f"Bucket DELETE_FAILED bucket {BUCKET}",
        f"Key CREATE_COMPLETE key {KEY}",
        "Group CREATE_COMPLETE sg AWS::EC2::SecurityGroup",
        "Vpc CREATE_COMPLETE vpc AWS::EC2::VPC",
    )
    session.template(
        Database={"Properties": {"Groups": [{"Fn::GetAtt": ["Group", "GroupId"]}]}},
        Bucket={"Properties": {"Key": {"Ref": "Key"}}},
        Key={},
        Group={"Properties": {"VpcId": {"Ref": "Vpc"}}},
        Vpc={},
    )


def test_a_failed_deletion_is_refused_while_it_would_lose_data() -> None:
    with StubbedSession(*SERVICES) as session:
        deleted_stack(session)
        database(session, protected=False)
        session.answer("s3", "list_object_versions", {"Versions": [{"Key": "a"}]})
        with pytest.raises(PlatformError, match="would lose data") as caught:
            make(session)
    assert "a database" in caught.value.message
    assert "objects" in caught.value.message
    assert "--retain LOGICAL_ID" in caught.value.hint


def test_a_failed_deletion_retains_what_is_named_and_what_that_refers_to() -> None:
    with StubbedSession(*SERVICES) as session:
        deleted_stack(session)
        plan = make(session, retain=("Database", "Bucket"))
    assert kinds(plan) == [Kind.DELETE]
    assert plan.steps[0].logical_ids == ("Bucket", "Database", "Group", "Key", "Vpc")
    assert plan.deleted == ()


def test_only_resources_of_the_stack_can_be_retained() -> None:
    with StubbedSession(*SERVICES) as session:
        deleted_stack(session)
        with pytest.raises(UsageError, match="--retain Stream: is not one of Bucket, Database"):
            make(session, retain=("Stream",))


@pytest.mark.parametrize("what", ["stack", "replica"])
def test_protections_of_a_stack_that_was_complete_are_never_lifted(what: str) -> None:
    with StubbedSession(*SERVICES) as session:
        session.stack("DELETE_FAILED", EnableTerminationProtection=what == "stack")
        session.events(*OLD, "stack DELETE_FAILED")
        session.resources(f"Replica DELETE_FAILED db-replica {DATABASE}")
        session.template()
        database(session, protected=what == "replica", replica=True)
        database(session, protected=what == "replica", replica=True)
        with pytest.raises(PlatformError, match="is protected against deletion") as caught:
            make(session)
    assert ("database db-replica" in caught.value.message) == (what == "replica")


def test_a_failed_deletion_of_a_stack_that_was_never_complete_lifts_protections() -> None:
    with StubbedSession(*SERVICES) as session:
        session.stack("DELETE_FAILED", EnableTerminationProtection=True)
        session.events(*NEW, "stack ROLLBACK_FAILED", "stack DELETE_FAILED")
        session.resources(f"Database DELETE_FAILED db {DATABASE}")
        session.template(Database={"DeletionPolicy": "Snapshot"})
        database(session)
        plan = make(session)
    assert kinds(plan) == [Kind.UNPROTECT_DATABASE, Kind.UNPROTECT_STACK, Kind.DELETE]


def change_sets(session: StubbedSession, status: str) -> None:
    found = [{"ChangeSetName": "catalog-abc", "Status": status}]
    session.answer("cloudformation", "list_change_sets", {"Summaries": found})


def test_a_stack_in_review_is_deleted() -> None:
    with StubbedSession(*SERVICES) as session:
        session.stack("REVIEW_IN_PROGRESS", EnableTerminationProtection=True)
        session.events()
        change_sets(session, "FAILED")
        session.resources()
        plan = make(session)
    assert kinds(plan) == [Kind.UNPROTECT_STACK, Kind.DELETE]


@pytest.mark.parametrize("status", ["CREATE_PENDING", "CREATE_IN_PROGRESS"])
def test_a_stack_in_review_by_somebody_now_is_refused(status: str) -> None:
    with StubbedSession(*SERVICES) as session:
        session.stack("REVIEW_IN_PROGRESS")
        session.events("stack REVIEW_IN_PROGRESS")
        change_sets(session, status)
        with pytest.raises(PlatformError, match="somebody deploys it now"):
            make(session)
