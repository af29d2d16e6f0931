"""Each DB instance on the embedded AWS has its own PostgreSQL server and data."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any

import psycopg
import pytest

from catalog_platform.local import incidents
from catalog_platform.local.state import Embedded
from catalog_platform.workspace import Workspace
from support.embedded import client, running
from support.stacks import apply, remove

pytestmark = pytest.mark.e2e


@pytest.fixture(scope="module")
def embedded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Embedded]:
    with running(tmp_path_factory.mktemp("workspace")) as found:
        yield found


def database(name: str = "shop", **properties: Any) -> dict[str, Any]:
    return {
        "Type": "AWS::RDS::DBInstance",
        "DeletionPolicy": "Delete",
        "UpdateReplacePolicy": "Delete",
        "Properties": {
            "Engine": "postgres",
            "EngineVersion": "17.9",
            "DBInstanceClass": "db.t4g.small",
            "AllocatedStorage": "20",
            "DBName": name,
            "MasterUsername": "owner",
            "MasterUserPassword": "correct horse",
            **properties,
        },
    }


def connect(outputs: dict[str, str], name: str = "shop") -> psycopg.Connection[Any]:
    return psycopg.connect(
        host=outputs["Host"],
        port=outputs["Port"],
        dbname=name,
        user="owner",
        password="correct horse",
        autocommit=True,
    )


ENDPOINT = {
    "Host": {"Fn::GetAtt": ["Db", "Endpoint.Address"]},
    "Port": {"Fn::GetAtt": ["Db", "Endpoint.Port"]},
}


def test_two_instances_with_the_same_names_share_nothing(embedded: Embedded) -> None:
    one = apply(embedded, "one", {"Db": database()}, ENDPOINT)
    two = apply(embedded, "two", {"Db": database()}, ENDPOINT)
    assert one["Port"] != two["Port"]
    with connect(one) as first, connect(two) as second:
        first.execute("create table stock as select 1 as n")
        assert second.execute("select to_regclass('stock')").fetchone() == (None,)
    remove(embedded, "two")
    with pytest.raises(psycopg.OperationalError):
        connect(two)
    with connect(one) as first:
        assert first.execute("select n from stock").fetchone() == (1,)
    remove(embedded, "one")
    with pytest.raises(psycopg.OperationalError):
        connect(one)


def test_a_replaced_instance_starts_empty_and_a_changed_password_works(
    embedded: Embedded,
) -> None:
    old = apply(embedded, "moved", {"Db": database()}, ENDPOINT)
    with connect(old) as connection:
        connection.execute("create table stock as select 1 as n")
    changed = apply(embedded, "moved", {"Db": database(MultiAZ=True)}, ENDPOINT)
    assert changed == old
    new = apply(embedded, "moved", {"Db": database("store")}, ENDPOINT)
    with connect(new, "store") as connection:
        assert connection.execute("select to_regclass('stock')").fetchone() == (None,)
    apply(embedded, "moved", {"Db": database("store", MasterUserPassword="other words")})
    with pytest.raises(psycopg.OperationalError, match="password"):
        connect(new, "store")
    remove(embedded, "moved")


def test_a_replica_has_the_data_of_its_source(embedded: Embedded) -> None:
    replica = {
        "Type": "AWS::RDS::DBInstance",
        "DeletionPolicy": "Delete",
        "Properties": {
            "DBInstanceClass": "db.t4g.small",
            "SourceDBInstanceIdentifier": {"Ref": "Primary"},
        },
    }
    outputs = apply(embedded, "pair", {"Primary": database(), "Db": replica}, ENDPOINT)
    with connect(outputs) as connection:
        assert connection.execute("select current_database()").fetchone() == ("shop",)
    found = client(embedded, "rds").describe_db_instances()["DBInstances"]
    sources = [entry.get("ReadReplicaSourceDBInstanceIdentifier") for entry in found]
    assert len(found) == 2
    assert any(sources)
    remove(embedded, "pair")


def test_a_snapshot_of_a_deleted_instance_is_restored_by_a_template(embedded: Embedded) -> None:
    """https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_RestoreFromSnapshot.html"""
    kept = {**database("kept"), "DeletionPolicy": "Snapshot"}
    outputs = apply(embedded, "kept", {"Db": kept}, ENDPOINT)
    with connect(outputs, "kept") as connection:
        connection.execute("create table stock as select 7 as n")
        connection.execute("create role reader login password 'of the reader'")
    remove(embedded, "kept")
    (snapshot,) = client(embedded, "rds").describe_db_snapshots()["DBSnapshots"]
    assert snapshot["Engine"] == "postgres"
    again = apply(embedded, "kept", {"Db": kept}, ENDPOINT)
    with connect(again, "kept") as connection:
        assert connection.execute("select to_regclass('stock')").fetchone() == (None,)
    restored = database(DBSnapshotIdentifier=snapshot["DBSnapshotIdentifier"])
    for inherited in ("DBName", "MasterUsername"):
        del restored["Properties"][inherited]
    found = apply(embedded, "restored", {"Db": restored}, ENDPOINT)
    assert found["Port"] != again["Port"]
    with connect(found, "kept") as connection:
        assert connection.execute("select n from stock").fetchone() == (7,)
        assert connection.execute("select 1 from pg_roles where rolname = 'reader'").fetchone()
    changed = {**restored["Properties"], "MasterUserPassword": "correct horse", "MultiAZ": True}
    apply(embedded, "restored", {"Db": {**restored, "Properties": changed}}, ENDPOINT)
    remove(embedded, "restored")
    remove(embedded, "kept")


def test_an_instance_is_restored_to_its_latest_time(embedded: Embedded) -> None:
    """https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_PIT.html"""
    outputs = apply(embedded, "timed", {"Db": database("timed")}, ENDPOINT)
    databases = client(embedded, "rds")
    (source,) = [
        each["DBInstanceIdentifier"]
        for each in databases.describe_db_instances()["DBInstances"]
        if each["DBName"] == "timed"
    ]
    with connect(outputs, "timed") as connection:
        connection.execute("create table stock as select 1 as n")
        databases.create_db_snapshot(DBInstanceIdentifier=source, DBSnapshotIdentifier="before")
        connection.execute("update stock set n = 2")
        databases.restore_db_instance_to_point_in_time(
            SourceDBInstanceIdentifier=source,
            TargetDBInstanceIdentifier="latest",
            UseLatestRestorableTime=True,
        )
        databases.restore_db_instance_from_db_snapshot(
            DBInstanceIdentifier="earlier", DBSnapshotIdentifier="before"
        )
        connection.execute("update stock set n = 3")
    seen = {}
    for name in ("latest", "earlier"):
        (found,) = databases.describe_db_instances(DBInstanceIdentifier=name)["DBInstances"]
        endpoint = {"Host": found["Endpoint"]["Address"], "Port": str(found["Endpoint"]["Port"])}
        with connect(endpoint, "timed") as connection:
            seen[name] = connection.execute("select n from stock").fetchone()
        databases.delete_db_instance(DBInstanceIdentifier=name, SkipFinalSnapshot=True)
        with pytest.raises(psycopg.OperationalError):
            connect(endpoint, "timed")
    assert seen == {"latest": (2,), "earlier": (1,)}
    databases.delete_db_snapshot(DBSnapshotIdentifier="before")
    remove(embedded, "timed")


def test_a_replica_is_promoted_when_its_source_is_deleted(embedded: Embedded) -> None:
    """https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_DeleteInstance.html"""
    outputs = apply(embedded, "source", {"Db": database("promoted")}, ENDPOINT)
    databases = client(embedded, "rds")
    (source,) = [
        each["DBInstanceIdentifier"]
        for each in databases.describe_db_instances()["DBInstances"]
        if each["DBName"] == "promoted"
    ]
    with connect(outputs, "promoted") as connection:
        connection.execute("create table stock as select 5 as n")
    replica = {
        "Type": "AWS::RDS::DBInstance",
        "DeletionPolicy": "Delete",
        "Properties": {"SourceDBInstanceIdentifier": source, "DBInstanceClass": "db.t4g.small"},
    }
    found = apply(embedded, "replica", {"Db": replica}, ENDPOINT)
    remove(embedded, "source")
    with connect(found, "promoted") as connection:
        assert connection.execute("select n from stock").fetchone() == (5,)
    remove(embedded, "replica")
    with pytest.raises(psycopg.OperationalError):
        connect(found, "promoted")


def test_a_server_removed_with_its_instance_is_not_an_incident(
    embedded: Embedded,
) -> None:
    apply(embedded, "staying", {"Db": database("staying")}, ENDPOINT)
    for _ in range(5):
        apply(embedded, "going", {"Db": database("staying")}, ENDPOINT)
        remove(embedded, "going")
    # A supervisor checks five times per second.
    time.sleep(1)
    assert incidents.read(Workspace(embedded.parts[0].log.parents[2])) == ()
    remove(embedded, "staying")
