"""What was acknowledged survives a kill and a restart."""

from __future__ import annotations

import os
import signal
import socket
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import psycopg
import pytest
from botocore.exceptions import ClientError

from catalog_platform.local import incidents, launcher, state
from catalog_platform.local.state import Embedded
from catalog_platform.workspace import Workspace
from support.database_stacks import instance
from support.embedded import client, eventually, pipe, start
from support.stacks import apply

pytestmark = pytest.mark.e2e


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workspace]:
    found = Workspace(tmp_path_factory.mktemp("workspace"))
    yield found
    launcher.discard(found)


@pytest.fixture
def embedded(workspace: Workspace) -> Embedded:
    return start(workspace)


def restart(workspace: Workspace, sent: signal.Signals) -> None:
    """End the endpoint, which the supervisor starts again. It does so three times a minute."""
    running = state.read(workspace)
    assert running is not None
    os.kill(running.pids["aws"], sent)
    eventually(lambda: running.pids["aws"] in [each.pid for each in incidents.read(workspace)])
    eventually(lambda: state.read(workspace) is not None)


def lock_objects(embedded: Embedded, until: datetime) -> dict[str, str]:
    """Create a bucket with objects that are locked in several ways; return their versions."""
    storage = client(embedded, "s3")
    storage.create_bucket(Bucket="locked", ObjectLockEnabledForBucket=True)
    default = {"DefaultRetention": {"Mode": "COMPLIANCE", "Days": 1}}
    storage.put_object_lock_configuration(
        Bucket="locked",
        ObjectLockConfiguration={"ObjectLockEnabled": "Enabled", "Rule": default},
    )
    versions = {
        key: storage.put_object(Bucket="locked", Key=key, Body=b"x")["VersionId"]
        for key in ("put", "a/held", "a/longer")
    }
    upload = storage.create_multipart_upload(Bucket="locked", Key="parts")["UploadId"]
    place = {"Bucket": "locked", "Key": "parts", "UploadId": upload}
    part = storage.upload_part(**place, PartNumber=1, Body=b"x")
    parts = {"Parts": [{"PartNumber": 1, "ETag": part["ETag"]}]}
    completed = storage.complete_multipart_upload(**place, MultipartUpload=parts)
    storage.put_object_retention(
        Bucket="locked", Key="a/longer", Retention={"Mode": "COMPLIANCE", "RetainUntilDate": until}
    )
    storage.put_object_legal_hold(Bucket="locked", Key="a/held", LegalHold={"Status": "ON"})
    # A newer version, and a deletion, do not release the locked one.
    storage.put_object(Bucket="locked", Key="put", Body=b"y")
    storage.delete_object(Bucket="locked", Key="put")
    return {**versions, "parts": completed["VersionId"]}


def test_locks_and_settings_survive_a_kill(workspace: Workspace, embedded: Embedded) -> None:
    """https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-lock.html"""
    until = datetime.now(UTC) + timedelta(days=9)
    versions = lock_objects(embedded, until)
    client(embedded, "logs").create_log_group(logGroupName="made")
    client(embedded, "cloudwatch").put_metric_alarm(
        AlarmName="made",
        Namespace="Catalog",
        MetricName="Errors",
        Statistic="Sum",
        Period=60,
        EvaluationPeriods=1,
        Threshold=1,
        ComparisonOperator="GreaterThanThreshold",
    )
    storage = client(embedded, "s3")
    owner = [{"Key": "owner", "Value": "catalog"}]
    storage.put_bucket_tagging(Bucket="locked", Tagging={"TagSet": owner})
    restart(workspace, signal.SIGKILL)
    for key, version in versions.items():
        with pytest.raises(ClientError, match="AccessDenied"):
            storage.delete_object(Bucket="locked", Key=key, VersionId=version)
    longer = {"Bucket": "locked", "Key": "a/longer", "VersionId": versions["a/longer"]}
    retention = storage.get_object_retention(**longer)["Retention"]
    assert abs(retention["RetainUntilDate"] - until) < timedelta(seconds=1)
    held = {"Bucket": "locked", "Key": "a/held", "VersionId": versions["a/held"]}
    assert storage.get_object_legal_hold(**held)["LegalHold"]["Status"] == "ON"
    assert storage.get_object_lock_configuration(Bucket="locked")
    assert storage.get_bucket_tagging(Bucket="locked")["TagSet"] == owner
    assert client(embedded, "logs").describe_log_groups()["logGroups"]
    assert client(embedded, "cloudwatch").describe_alarms()["MetricAlarms"]


def test_a_disabled_mapping_keeps_its_position(
    workspace: Workspace, embedded: Embedded, tmp_path: Path
) -> None:
    """https://docs.aws.amazon.com/lambda/latest/api/API_UpdateEventSourceMapping.html"""
    pipes = {
        position: pipe(embedded, tmp_path, position.lower(), StartingPosition=position)
        for position in ("LATEST", "TRIM_HORIZON")
    }
    for found in pipes.values():
        found.put("before")
    eventually(lambda: all(found.taken() == ["before"] for found in pipes.values()))
    for found in pipes.values():
        client(embedded, "lambda").update_event_source_mapping(UUID=found.mapping, Enabled=False)
        found.put("waiting")
    for _ in range(2):
        restart(workspace, signal.SIGTERM)
    for found in pipes.values():
        client(embedded, "lambda").update_event_source_mapping(UUID=found.mapping, Enabled=True)
    eventually(lambda: all(found.taken() == ["before", "waiting"] for found in pipes.values()))


def test_another_port_of_a_database_reaches_all_that_have_it(
    workspace: Workspace, embedded: Embedded
) -> None:
    resources: dict[str, Any] = {}
    for name in ("one", "two"):
        database = instance(DBInstanceIdentifier=name)
        for group in ("DBSubnetGroupName", "DBParameterGroupName"):
            del database["Properties"][group]
        port = {"Type": "String", "Name": name, "Value": {"Fn::GetAtt": [name, "Endpoint.Port"]}}
        resources |= {name: database}
        resources |= {f"{name}Port": {"Type": "AWS::SSM::Parameter", "Properties": port}}
    apply(embedded, "databases", resources)
    # The second one has the same database and owner, so it has a server of its own.
    before = {name: shown_port(embedded, name) for name in ("one", "two")}
    launcher.stop(workspace)
    with socket.socket() as taking:
        taking.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        taking.bind(("127.0.0.1", before["two"]))
        taking.listen()
        embedded = start(workspace)
        after = {name: shown_port(embedded, name) for name in ("one", "two")}
        assert after["one"] == before["one"]
        assert after["two"] != before["two"]
        with psycopg.connect(
            host="127.0.0.1",
            port=after["two"],
            user="owner",
            password="correct horse",
            dbname="shop",
        ) as connection:
            assert connection.execute("select 1").fetchone() == (1,)


def shown_port(embedded: Embedded, name: str) -> int:
    """Return the port of an instance, which the parameter has as well."""
    found = client(embedded, "rds").describe_db_instances(DBInstanceIdentifier=name)
    port = int(found["DBInstances"][0]["Endpoint"]["Port"])
    assert client(embedded, "ssm").get_parameter(Name=name)["Parameter"]["Value"] == str(port)
    return port
