"""A bad part of an object leaves the others."""

from __future__ import annotations

import gzip
import json

from support.dead_letters import BUCKET, failed_batch, malformed
from support.replays import World


def test_a_bad_line_leaves_the_other_lines_of_its_object(world: World) -> None:
    key = malformed(world.s3, b"a", b"b", b"c")
    lines = gzip.decompress(world.s3.objects[BUCKET, key]).splitlines(keepends=True)
    deep = b"[" * 100_000 + b"\n"
    content = b"".join([lines[0], b"{}\n", deep, b"\n", b"\xff\n", lines[1][:9], b"\n", lines[2]])
    world.s3.objects[BUCKET, key] = gzip.compress(content)

    report = world.run()

    assert world.kinesis.payloads == [b"a", b"c"]
    assert [cause.cause.partition(":")[0] for cause in report.causes] == [
        *("line 2", "line 3", "line 5", "line 6")
    ]
    assert (report.unreadable, report.objects, report.replayed) == (4, 1, 2)


def test_a_bad_record_leaves_the_others_of_its_batch(world: World) -> None:
    key = failed_batch(world.s3, b"a", b"b", b"c")
    document = json.loads(world.s3.objects[BUCKET, key])
    payload = json.loads(document["payload"])
    payload["Records"][1]["kinesis"]["partitionKey"] = "x" * 257
    document["payload"] = json.dumps(payload)
    world.s3.objects[BUCKET, key] = json.dumps(document).encode()

    report = world.run()

    assert world.kinesis.payloads == [b"a", b"c"]
    assert (report.unreadable, report.replayed) == (1, 2)
    assert report.causes[0].cause.startswith("record 2: not a dead letter")
