from __future__ import annotations

from typing import Any

import pytest

from catalog_platform.aws import stack_events
from catalog_platform.aws.stack_status import StackStatus
from catalog_platform.errors import PlatformError, UsageError
from catalog_platform.release.recovery import planning
from catalog_platform.release.recovery.plan import Kind, Plan
from catalog_platform.release.recovery.request import Request
from catalog_platform.release.recovery.rollback import created_by_update
from support.stubbed import STACK_ID, StubbedSession

SERVICES = ("cloudformation", "s3", "kinesis", "rds")
NEW = ("stack REVIEW_IN_PROGRESS", "stack CREATE_IN_PROGRESS")
OLD = (*NEW, "stack CREATE_COMPLETE")
BUCKET, STREAM, KEY = "AWS::S3::Bucket", "AWS::Kinesis::Stream", "AWS::KMS::Key"


def make(session: StubbedSession, **options: Any) -> Plan:
    return planning.make(Request(session, "prod", **options))


@pytest.mark.parametrize(
    ("status", "kind"),
    [("UPDATE_FAILED", Kind.ROLL_BACK), ("UPDATE_ROLLBACK_FAILED", Kind.CONTINUE_ROLLBACK)],
)
def test_a_failed_update_is_rolled_back(status: str, kind: Kind) -> None:
    with StubbedSession(*SERVICES) as session:
        session.stack(status)
        session.events(
            *OLD,
            "stack UPDATE_IN_PROGRESS",
            f"Key UPDATE_FAILED k {KEY} a limit",
            f"stack {status}",
        )
        plan = make(session)
    (step,) = plan.steps
    assert (step.kind, step.logical_ids) == (kind, ())
    assert step.after == {"UPDATE_ROLLBACK_COMPLETE"}
    assert f"  failed: Key ({KEY}): a limit" in plan.lines()


def skipping(session: StubbedSession, logical_id: str) -> Plan:
    session.stack("UPDATE_ROLLBACK_FAILED")
    session.events(
        *OLD,
        "stack UPDATE_IN_PROGRESS",
        f"Stream UPDATE_FAILED s {STREAM} a limit",
        f"New UPDATE_FAILED - {BUCKET} exists",
        "stack UPDATE_ROLLBACK_IN_PROGRESS",
        f"Stream UPDATE_COMPLETE s {STREAM}",
        f"Key UPDATE_FAILED k {KEY} a limit",
        "stack UPDATE_ROLLBACK_FAILED",
    )
    return make(session, skip=(logical_id,))


def test_a_rollback_skips_what_is_named() -> None:
    with StubbedSession(*SERVICES) as session:
        assert skipping(session, "Key").steps[0].logical_ids == ("Key",)


@pytest.mark.parametrize("logical_id", ["Stream", "New", "catalog-prod"])
def test_only_what_could_not_be_rolled_back_can_be_skipped(logical_id: str) -> None:
    with (
        StubbedSession(*SERVICES) as session,
        pytest.raises(UsageError, match=f"--skip {logical_id}: is not one of Key"),
    ):
        skipping(session, logical_id)


def test_a_rollback_that_would_delete_a_stream_with_records_is_refused() -> None:
    with StubbedSession(*SERVICES) as session:
        session.stack("UPDATE_FAILED")
        session.events(
            *OLD,
            "stack UPDATE_IN_PROGRESS",
            f"New CREATE_COMPLETE new {STREAM}",
            f"Bucket CREATE_COMPLETE new-bucket {BUCKET}",
            "stack UPDATE_FAILED",
        )
        session.refuse("kinesis", "list_shards", "AccessDenied")
        with pytest.raises(PlatformError, match=r"New \(AWS::Kinesis::Stream new\): unknown"):
            make(session)


def test_a_replaced_resource_counts_as_created_and_an_updated_one_does_not() -> None:
    with StubbedSession("cloudformation") as session:
        session.events(
            *NEW,
            f"Replaced CREATE_COMPLETE old {STREAM}",
            f"Updated CREATE_COMPLETE same {STREAM}",
            "stack CREATE_COMPLETE",
            "stack UPDATE_IN_PROGRESS",
            f"Replaced UPDATE_IN_PROGRESS old {STREAM} Requested update requires the creation",
            f"Replaced UPDATE_IN_PROGRESS new {STREAM} Resource creation Initiated",
            f"Replaced UPDATE_COMPLETE new {STREAM}",
            f"Updated UPDATE_IN_PROGRESS same {STREAM}",
            f"Updated UPDATE_COMPLETE same {STREAM}",
            # Created by an operation whose events are gone.
            f"Forgotten UPDATE_IN_PROGRESS forgotten {STREAM}",
            f"Forgotten UPDATE_COMPLETE forgotten {STREAM}",
            f"Added CREATE_IN_PROGRESS - {STREAM}",
            f"Added CREATE_COMPLETE added {STREAM}",
            f"Undone CREATE_COMPLETE undone {STREAM}",
            f"Undone DELETE_COMPLETE undone {STREAM}",
            "stack UPDATE_FAILED",
        )
        stack = StackStatus("catalog-prod", STACK_ID, "UPDATE_FAILED")
        found = created_by_update(stack_events.read(session, stack))
    assert {each.physical_id for each in found} == {"new", "added"}
