"""A mistake in the database is undone: restore, flush of the cache, replay of the updates since."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from catalog_platform.aws import stack_outputs
from catalog_platform.aws.session import Session
from catalog_platform.aws.stack_outputs import Outputs
from catalog_platform.local import launcher, state
from catalog_platform.verification.stores import CacheClient, DatabaseClient
from catalog_platform.workspace import Workspace
from support import bundles
from support.embedded import eventually
from support.limits import COMMAND_SECONDS

pytestmark = pytest.mark.e2e

CATALOGCTL = Path(sys.prefix) / "bin" / "catalogctl"
SNAPSHOT = "before-the-mistake"
EARLIER, LATER, WRONG = 30, 20, 999
# A statement by hand, without a WHERE clause.
MISTAKE = f"UPDATE stock_level SET quantity = {WRONG}"


class Catalog:
    """A clone of the repository, deployed to the embedded AWS."""

    def __init__(self, workspace: Workspace) -> None:
        self.workspace = workspace

    def catalogctl(self, *arguments: str) -> str:
        ended = subprocess.run(
            [CATALOGCTL, "-C", self.workspace.root, *arguments],
            capture_output=True,
            text=True,
            timeout=COMMAND_SECONDS,
            check=False,
        )
        assert ended.returncode == 0, ended.stdout + ended.stderr
        return ended.stdout

    @property
    def session(self) -> Session:
        running = state.read(self.workspace)
        assert running is not None
        return Session(running.region, running.aws_environment())

    @property
    def outputs(self) -> Outputs:
        return stack_outputs.read(self.session, "local")

    @property
    def instance(self) -> dict[str, Any]:
        """Return the instance that the stack's endpoint belongs to."""
        found = self.session.client("rds").describe_db_instances()["DBInstances"]
        (one,) = (each for each in found if each["Endpoint"]["Port"] == self.port)
        return dict(one)

    @property
    def port(self) -> int:
        return int(self.outputs.database_port)

    def put(self, prefix: str, count: int) -> None:
        now = datetime.now(UTC).isoformat()
        records = [
            {
                "PartitionKey": f"{prefix}{number}",
                "Data": json.dumps(
                    {
                        "version": 1,
                        "type": "stock_level",
                        "event_id": f"{prefix}{number}",
                        "sku": f"{prefix}{number}",
                        "warehouse": "BER",
                        "quantity": number + 1,
                        "occurred_at": now,
                    }
                ).encode(),
            }
            for number in range(count)
        ]
        kinesis = self.session.client("kinesis")
        answer = kinesis.put_records(StreamName=self.outputs.stream_name, Records=records)
        assert answer["FailedRecordCount"] == 0
        eventually(lambda: self.stored(prefix) == quantities(prefix, count), seconds=60)

    def stored(self, prefix: str) -> dict[str, int]:
        with closing(DatabaseClient(self.session, self.outputs)) as database:
            return {sku: quantity for (sku, _), quantity in database.levels(prefix).items()}

    def execute(self, statement: str) -> None:
        with closing(DatabaseClient(self.session, self.outputs)) as database:
            database._connection.execute(statement.encode())
            database._connection.commit()

    def cached(self, prefix: str, count: int) -> dict[str, int]:
        keys = [(f"{prefix}{number}", "BER") for number in range(count)]
        with closing(CacheClient(self.session, self.outputs)) as cache:
            return {sku: quantity for (sku, _), quantity in cache.levels(keys).items()}

    def restore_from(self, source: str) -> None:
        """Set the key in the environment's file."""
        path = self.workspace.environments / "local.yaml"
        text = path.read_text()
        assert text.count("\ndatabase:\n") == 1
        path.write_text(text.replace("\ndatabase:\n", f"\ndatabase:\n  restore_from: {source}\n"))

    def spans(self) -> Iterator[str]:
        """Yield the range of each shard, from its first record to its last."""
        kinesis, name = self.session.client("kinesis"), self.outputs.stream_name
        for shard in kinesis.list_shards(StreamName=name)["Shards"]:
            iterator = kinesis.get_shard_iterator(
                StreamName=name, ShardId=shard["ShardId"], ShardIteratorType="TRIM_HORIZON"
            )["ShardIterator"]
            found = kinesis.get_records(ShardIterator=iterator)["Records"]
            if found:
                first, last = (found[at]["SequenceNumber"] for at in (0, -1))
                yield f"{shard['ShardId']}:{first}-{last}"


def quantities(prefix: str, count: int) -> dict[str, int]:
    return {f"{prefix}{number}": number + 1 for number in range(count)}


@pytest.fixture(scope="module")
def catalog(
    repository: Workspace, examples: Workspace, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Catalog]:
    root = tmp_path_factory.mktemp("clone")
    shutil.copytree(examples.environments, root / "environments")
    ignored = shutil.ignore_patterns("__pycache__")
    for part in ("functions", "policies"):
        shutil.copytree(repository.root / part, root / part, ignore=ignored)
    bundles.share(root)
    workspace = Workspace(root)
    try:
        yield Catalog(workspace)
    finally:
        launcher.discard(workspace)


def test_a_mistake_is_undone_and_no_update_is_lost(catalog: Catalog) -> None:
    catalog.catalogctl("local", "up")
    catalog.put("EARLIER-", EARLIER)
    rds, old = catalog.session.client("rds"), catalog.instance
    rds.create_db_snapshot(
        DBInstanceIdentifier=old["DBInstanceIdentifier"], DBSnapshotIdentifier=SNAPSHOT
    )
    rds.get_waiter("db_snapshot_available").wait(DBSnapshotIdentifier=SNAPSHOT)
    catalog.put("LATER-", LATER)
    catalog.execute(MISTAKE)
    catalog.catalogctl("warm", "local")
    assert set(catalog.cached("EARLIER-", EARLIER).values()) == {WRONG}

    catalog.restore_from(SNAPSHOT)
    catalog.catalogctl("local", "up")

    assert catalog.instance["DbiResourceId"] != old["DbiResourceId"]
    assert catalog.stored("EARLIER-") == quantities("EARLIER-", EARLIER)
    assert catalog.stored("LATER-") == {}
    # The values in the cache are newer than the database's, so filling alone keeps them.
    catalog.catalogctl("warm", "local")
    assert set(catalog.cached("EARLIER-", EARLIER).values()) == {WRONG}
    catalog.catalogctl("warm", "local", "--flush")
    assert catalog.cached("EARLIER-", EARLIER) == quantities("EARLIER-", EARLIER)
    assert catalog.cached("LATER-", LATER) == {}

    for span in [*catalog.spans()]:
        catalog.catalogctl("replay", "local", "--range", span)
    eventually(lambda: catalog.stored("LATER-") == quantities("LATER-", LATER), seconds=60)
    eventually(lambda: catalog.cached("LATER-", LATER) == quantities("LATER-", LATER), seconds=60)
    assert catalog.stored("EARLIER-") == quantities("EARLIER-", EARLIER)


def test_new_updates_reach_all_stores(catalog: Catalog) -> None:
    catalog.catalogctl("verify", "local", "--updates", "300", "--malformed", "5")


@pytest.mark.exhaustive
def test_another_deployment_keeps_the_restored_instance(catalog: Catalog) -> None:
    before = catalog.instance["DbiResourceId"]
    catalog.catalogctl("local", "up")
    assert catalog.instance["DbiResourceId"] == before
    assert catalog.stored("LATER-") == quantities("LATER-", LATER)
