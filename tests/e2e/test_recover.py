"""Stacks that are stuck on the embedded AWS, deployed and recovered as `catalogctl` does it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from catalog_platform.aws.account import require_account
from catalog_platform.errors import PlatformError, ToolError
from catalog_platform.local.state import Embedded
from catalog_platform.release.deploy import bootstrap
from catalog_platform.release.recovery.plan import Kind
from catalog_platform.workspace import Toolchain
from support.embedded import client, eventually, running
from support.stuck_stacks import (
    KEEP,
    QUEUE,
    Environment,
    database,
    failing,
    group,
    one_way,
    session_of,
)

pytestmark = pytest.mark.e2e


@pytest.fixture(scope="module")
def embedded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Embedded]:
    with running(tmp_path_factory.mktemp("workspace")) as found:
        bootstrap(Toolchain.installed(), session_of(found), found.account)
        yield found


def test_a_failed_first_deployment_is_recovered_and_repeated(
    embedded: Embedded, tmp_path: Path
) -> None:
    environment = Environment(embedded, tmp_path, "first", protected=True)
    require_account(environment.session, "first", embedded.account)
    kept = {"Queue": {**QUEUE, **KEEP}, "Database": database("first"), "Group": group("/first")}

    with pytest.raises(ToolError, match=r"stack catalog-first is ROLLBACK_") as caught:
        environment.deploy(**kept, Mapping=failing("Database"))
    assert "catalogctl recover first" in caught.value.hint
    # What a later deletion retains, the failed creation has deleted again.
    groups = client(embedded, "logs").describe_log_groups(logGroupNamePrefix="/first")
    assert groups["logGroups"] == []
    with pytest.raises(PlatformError, match="cannot be deployed") as refused:
        environment.deploy(**kept)
    assert "Mapping (AWS::Lambda::EventSourceMapping)" in refused.value.message

    steps = environment.recover()

    assert steps[-2:] == [Kind.UNPROTECT_STACK, Kind.DELETE]
    assert environment.status() == "absent"
    assert client(embedded, "rds").describe_db_instances()["DBInstances"] == []
    environment.deploy(**kept)
    assert environment.status() == "CREATE_COMPLETE"
    # What was recovered is protected again, and left alone now.
    (stack,) = environment.stacks.describe_stacks(StackName="catalog-first")["Stacks"]
    assert stack["EnableTerminationProtection"]
    assert environment.plan().steps == ()
    (note,) = environment.deploy(**kept)
    assert "no changes" in note


def test_a_failed_deletion_waits_until_its_bucket_is_empty(
    embedded: Embedded, tmp_path: Path
) -> None:
    environment = Environment(embedded, tmp_path, "torn", protected=False)
    bucket = {
        "Type": "AWS::S3::Bucket",
        "Properties": {"BucketName": "torn", "VersioningConfiguration": {"Status": "Enabled"}},
    }
    environment.deploy(Bucket=bucket)
    storage = client(embedded, "s3")
    version = storage.put_object(Bucket="torn", Key="a", Body=b"b")["VersionId"]
    # The object is gone, its version and a marker are not.
    marker = storage.delete_object(Bucket="torn", Key="a")["VersionId"]
    environment.delete()
    assert environment.status() == "DELETE_FAILED"
    with pytest.raises(PlatformError, match=r"would lose data:\s+Bucket \(AWS::S3::Bucket torn\)"):
        environment.recover()

    for each in (version, marker):
        storage.delete_object(Bucket="torn", Key="a", VersionId=each)

    assert environment.recover() == [Kind.DELETE]
    assert environment.status() == "absent"


@pytest.mark.exhaustive
def test_a_failed_deletion_leaves_a_retained_bucket_in_the_account(
    embedded: Embedded, tmp_path: Path
) -> None:
    environment = Environment(embedded, tmp_path, "kept", protected=False)
    bucket = {"Type": "AWS::S3::Bucket", "Properties": {"BucketName": "kept"}}
    environment.deploy(Bucket=bucket, Queue=QUEUE)
    storage = client(embedded, "s3")
    storage.put_object(Bucket="kept", Key="a", Body=b"b")
    environment.delete()

    assert environment.recover(retain=("Bucket",)) == [Kind.DELETE]

    assert environment.status() == "absent"
    assert storage.get_object(Bucket="kept", Key="a")["Body"].read() == b"b"


def test_a_failed_update_is_rolled_back_and_what_cannot_be_is_skipped(
    embedded: Embedded, tmp_path: Path
) -> None:
    environment = Environment(embedded, tmp_path, "update", protected=False)

    def update(**resources: Any) -> None:
        """Update without a rollback, and fail."""
        template = {"Resources": {**resources, "Mapping": failing(sorted(resources)[-1])}}
        environment.stacks.update_stack(
            StackName="catalog-update", TemplateBody=json.dumps(template), DisableRollback=True
        )
        eventually(lambda: environment.status() == "UPDATE_FAILED")

    environment.deploy(**one_way("before"))
    update(**one_way("before"), Queue=QUEUE)
    with pytest.raises(PlatformError, match=r"UPDATE_FAILED.* cannot be deployed"):
        environment.deploy(**one_way("before"))
    assert environment.recover() == [Kind.ROLL_BACK]
    assert environment.status() == "UPDATE_ROLLBACK_COMPLETE"

    update(**one_way("after"))
    for _ in range(2):
        with pytest.raises(PlatformError, match="the stack is UPDATE_ROLLBACK_FAILED"):
            environment.recover()
    assert environment.recover(skip=("OneWay",)) == [Kind.CONTINUE_ROLLBACK]
    assert environment.status() == "UPDATE_ROLLBACK_COMPLETE"


@pytest.mark.exhaustive
def test_a_stack_that_was_never_executed_is_deleted(embedded: Embedded, tmp_path: Path) -> None:
    environment = Environment(embedded, tmp_path, "review", protected=False)
    environment.stacks.create_change_set(
        StackName="catalog-review",
        ChangeSetName="forgotten",
        ChangeSetType="CREATE",
        TemplateBody=json.dumps({"Resources": {"Queue": QUEUE}}),
    )
    eventually(lambda: environment.status() == "REVIEW_IN_PROGRESS")
    with pytest.raises(PlatformError, match=r"REVIEW_IN_PROGRESS .*cannot be deployed"):
        environment.deploy(Queue=QUEUE)

    assert environment.recover() == [Kind.DELETE]

    environment.deploy(Queue=QUEUE)
    assert environment.status() == "CREATE_COMPLETE"


@pytest.mark.exhaustive
def test_of_two_people_one_recovers(embedded: Embedded, tmp_path: Path) -> None:
    environment = Environment(embedded, tmp_path, "both", protected=False)
    with pytest.raises(ToolError):
        environment.deploy(Queue=QUEUE, Mapping=failing("Queue"))
    plan = environment.plan()
    environment.recover()
    environment.deploy(Queue=QUEUE)
    with pytest.raises(PlatformError, match="something has changed it since"):
        environment.execute(plan)
    assert environment.status() == "CREATE_COMPLETE"
