"""The Kinesis log keeps all acknowledged records within its size limit."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from catalog_platform.workspace import Workspace
from support.embedded_python import output

# A stream of two shards, a log with small limits, and a mapping that is done up to `DONE`.
SETTING = """
import json, math
from pathlib import Path
from ministack.services import kinesis
from embedded_aws.emulator import kinesis_log as log_module, streams
from embedded_aws.emulator.kinesis_log import KinesisLog

log_module.SEGMENT_BYTES, log_module.KEPT_BYTES = 10_000, 40_000
folder = Path({folder!r})
done = {{"up to": None}}
streams.install()
kinesis_log = KinesisLog(folder / "records.jsonl", lambda *_shard: done["up to"])
kinesis_log.install()
kinesis._create_stream({{"StreamName": "s", "ShardCount": 2}})
stream = kinesis._streams["s"]
stream["StreamStatus"] = "ACTIVE"

def put(count, size=500):
    for number in range(count):
        answer = kinesis._put_record(
            {{"StreamName": "s", "PartitionKey": str(number), "Data": "x" * size}})
        assert answer[0] == 200, answer

def records():
    return sorted(r["SequenceNumber"] for s in stream["shards"].values() for r in s["records"])

def on_disk():
    return sum(path.stat().st_size for path in folder.glob("records*.jsonl"))

def files():
    return sorted(path.name for path in folder.glob("records*"))

def clear_memory():
    for shard in stream["shards"].values():
        shard["records"] = []

shown = {{}}
"""


def run(repository: Workspace, folder: Path, code: str) -> dict[str, Any]:
    text = SETTING.format(folder=str(folder)) + code + "\nprint(json.dumps(shown))\n"
    found: dict[str, Any] = json.loads(output(repository, text).splitlines()[-1])
    return found


def test_processed_records_beyond_the_size_limit_are_removed(
    repository: Workspace, tmp_path: Path
) -> None:
    shown = run(
        repository,
        tmp_path,
        """
done["up to"] = math.inf
put(400)
shown = {"disk": on_disk(), "kept": len(records()), "newest": records()[-1]}
put(1)
shown["last"] = records()[-1]
shown["modes"] = sorted({oct(p.stat().st_mode & 0o777) for p in folder.glob("records*")})
""",
    )
    assert shown["disk"] <= 40_000 + 2 * 10_000
    assert 30 < shown["kept"] < 120
    assert shown["last"] > shown["newest"]
    assert shown["modes"] == ["0o600"]


@pytest.mark.parametrize("done", ["None", "0"])
def test_unprocessed_records_are_kept_regardless_of_the_size_limit(
    repository: Workspace, tmp_path: Path, done: str
) -> None:
    """None: the stream has no mapping, and a later one may read all records."""
    shown = run(
        repository,
        tmp_path,
        f"""
done["up to"] = {done}
put(400)
before = records()
clear_memory()
kinesis_log.replay()
shown = {{"kept": records() == before, "count": len(before)}}
""",
    )
    assert shown == {"kept": True, "count": 400}


def test_expired_records_are_removed_while_records_arrive(
    repository: Workspace, tmp_path: Path
) -> None:
    shown = run(
        repository,
        tmp_path,
        """
put(200)
for shard in stream["shards"].values():
    for record in shard["records"]:
        record["ApproximateArrivalTimestamp"] -= 25 * 3600
put(60)
shown = {"kept": len(records()), "disk": on_disk()}
""",
    )
    assert shown["kept"] == 60
    assert shown["disk"] < 70_000


def test_acknowledged_records_survive_a_kill(repository: Workspace, tmp_path: Path) -> None:
    """With a cut last line, files from before a compaction, and several files."""
    shown = run(
        repository,
        tmp_path,
        """
put(100)
first = (folder / "records.jsonl").read_bytes()
with open(folder / files()[-1], "a") as cut:
    cut.write('["000000000000", "us-east-1", "s", "shardId-')
before = records()
clear_memory()
kinesis_log.replay()
shown["whole"] = records() == before
shown["files"] = files()
(folder / "records.7.jsonl").write_bytes(first)
clear_memory()
kinesis_log.replay()
shown["repeated"] = records() == before
put(5)
shown["more"] = len(records())
clear_memory()
kinesis_log.replay()
shown["again"] = len(records())
""",
    )
    assert shown == {
        "whole": True,
        "files": ["records.jsonl"],
        "repeated": True,
        "more": 105,
        "again": 105,
    }


def test_iterators_keep_their_position_when_older_records_are_removed(
    repository: Workspace, tmp_path: Path
) -> None:
    shown = run(
        repository,
        tmp_path,
        """
put(50)
name = max(stream["shards"], key=lambda n: len(stream["shards"][n]["records"]))
answer = json.loads(kinesis._get_shard_iterator({"StreamName": "s", "ShardId": name,
    "ShardIteratorType": "TRIM_HORIZON"})[2])
answer = json.loads(kinesis._get_records({"ShardIterator": answer["ShardIterator"], "Limit": 5})[2])
expected = stream["shards"][name]["records"][5]["SequenceNumber"]
streams.drop(stream, name, 4)
answer = json.loads(kinesis._get_records(
    {"ShardIterator": answer["NextShardIterator"], "Limit": 1})[2])
shown = {"next": answer["Records"][0]["SequenceNumber"] == expected}
""",
    )
    assert shown == {"next": True}


def test_a_failed_write_is_not_acknowledged_and_corrupts_nothing(
    repository: Workspace, tmp_path: Path
) -> None:
    """A file size limit simulates a disk that is full in the middle of a line."""
    shown = run(
        repository,
        tmp_path,
        """
import resource, signal
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
put(3)
acknowledged = records()
soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
resource.setrlimit(resource.RLIMIT_FSIZE, (on_disk() + 100, hard))
failed = 0
for number in range(5):
    try:
        put(1)
    except OSError:
        failed += 1
resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
put(1)
acknowledged.append(records()[-1])
clear_memory()
kinesis_log.replay()
shown = {"failed": failed, "lost": [n for n in acknowledged if n not in records()]}
""",
    )
    assert shown == {"failed": 5, "lost": []}
