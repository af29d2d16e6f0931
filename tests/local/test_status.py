"""The output of `local status`."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import cast

import pytest

from catalog_platform.errors import PlatformError
from catalog_platform.local import inventory
from catalog_platform.local.files import Files
from catalog_platform.local.inventory import Inventory, Mapping, Queue, Stack
from catalog_platform.local.state import Embedded
from catalog_platform.local.status import PartStatus, Status, read
from catalog_platform.workspace import Workspace

STATUS = Status(
    running=True,
    endpoint_url="http://127.0.0.1:1",
    region="us-east-1",
    account="000000000001",
    postgres_url="postgresql://postgres:secret@127.0.0.1:2/postgres",
    cache_url="redis://127.0.0.1:3/0",
    parts=(PartStatus("supervisor", True, 7, 0, 12.0, "supervisor.log", ""),),
    incidents=(),
    contents=Inventory(
        stacks=(Stack("catalog-local", "CREATE_COMPLETE", {"Name": "x"}, {"AWS::SQS::Queue": 2}),),
        queues=(Queue("dead-letters", 3, 1),),
        mappings=(Mapping("processor", "stream", "Enabled", "OK", 1.5),),
        rows=(("catalog.stock_level", 6_670),),
        keys=2_395,
        objects=(("archive", 41),),
    ),
)


def test_text_output_shows_depths_ages_and_counts() -> None:
    lines = STATUS.as_text().splitlines()
    shown = [line.split(None, 1)[1] for line in lines]
    assert "pid 7, up 12 s" in shown
    assert "catalog-local: CREATE_COMPLETE, 2 resources" in shown
    assert "stream to processor: Enabled, iterator age 1.5 s" in shown
    assert "dead-letters: 3 messages, 1 in flight" in shown
    assert "catalog.stock_level: 6,670 rows" in shown
    assert "2,395 keys" in shown
    assert "archive: 41 objects" in shown


def test_text_output_has_what_people_paste() -> None:
    outputs = {
        "DatabaseName": "catalog",
        "StreamName": "stream-1",
        "ArchiveBucketName": "archive-1",
        "DeadLetterBucketName": "dead-1",
        "DeadLetterQueueUrl": "http://127.0.0.1:1/queue",
        "ReaderFunctionName": "reader-1",
    }
    stack = Stack("catalog-local", "CREATE_COMPLETE", outputs, {})
    exports = ("export AWS_DEFAULT_REGION=us-east-1",)
    found = replace(STATUS, contents=Inventory(stacks=(stack,)), exports=exports)
    text = found.as_text()
    assert "psql          postgresql://postgres:secret@127.0.0.1:2/catalog\n" in text
    assert "127.0.0.1:2/postgres" not in text
    assert {"DeadLetterQueueUrl", *outputs} - {"DatabaseName"} <= set(text.split())
    assert set(outputs.values()) - {"catalog"} <= set(text.split())
    assert "\nexport AWS_DEFAULT_REGION=us-east-1\n" in text
    assert "aws lambda invoke --function-name reader-1 " in text


def test_without_a_stack_the_server_s_database_is_shown() -> None:
    assert "127.0.0.1:2/postgres" in replace(STATUS, contents=Inventory()).as_text()


def test_json_output_has_the_same_values() -> None:
    found = json.loads(STATUS.as_json())
    assert found["endpoint_url"] == "http://127.0.0.1:1"
    assert found["stacks"][0]["resources"] == {"AWS::SQS::Queue": 2}
    assert found["queues"] == [{"name": "dead-letters", "depth": 3, "in_flight": 1}]
    assert found["mappings"][0]["iterator_age_seconds"] == 1.5
    assert found["rows"] == {"catalog.stock_level": 6670}
    assert found["keys"] == 2395
    assert found["objects"] == {"archive": 41}


def test_what_could_not_be_queried_is_named_with_the_reason() -> None:
    contents = replace(STATUS.contents, keys=0, unknown=(("keys", "TimeoutError: timed out"),))
    found = replace(STATUS, contents=contents)
    lines = found.as_text().splitlines()
    assert "keys          UNKNOWN, the query failed: TimeoutError: timed out" in lines
    assert not [line for line in lines if line.startswith("cache ")]
    assert json.loads(found.as_json())["unknown"] == {"keys": "TimeoutError: timed out"}


def test_a_failing_query_does_not_hide_the_others(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(_embedded: object) -> int:
        raise ConnectionError("refused\nsecond line")

    for name in ("_stacks", "_queues", "_mappings", "_rows", "_objects"):
        monkeypatch.setattr(inventory, name, lambda *_: ())
    monkeypatch.setattr(inventory, "_keys", fail)
    found = inventory.take_inventory(cast(Embedded, None), Files.of(Workspace(tmp_path)))
    assert found == Inventory(unknown=(("keys", "ConnectionError: refused"),))


def test_a_record_that_cannot_be_read_is_not_taken_for_none(tmp_path: Path) -> None:
    workspace = Workspace(tmp_path)
    assert not read(workspace).running
    record = Files.of(workspace).state
    record.parent.mkdir(parents=True)
    record.write_text("{")
    with pytest.raises(PlatformError, match="cannot be read, so what runs is unknown"):
        read(workspace)
