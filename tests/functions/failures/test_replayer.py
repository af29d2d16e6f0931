"""The replayer while S3 fails at each of its steps; the report has the work done before."""

from __future__ import annotations

import base64
import gzip
import json
from collections.abc import Iterator
from typing import Any

import pytest

from catalog_runtime import aws
from failure_replayer import bucket, stream, wiring
from failure_replayer.handler import handle
from support.aws_endpoint import Endpoint, Failure, Handler, aws_endpoint, use
from support.aws_failures import ALL, close, drip, drip_body, error, garbage, slow
from support.invocations import Context
from support.outages import BOUND_SECONDS, takes_at_most

pytestmark = pytest.mark.e2e

STEPS = {
    "the list of dead letters": ("GET", "/dead?", "prefix=aws"),
    "a dead letter": ("GET", "/dead/malformed/", ""),
    "the replay log": ("GET", "/dead?", "prefix=replayed"),
    "the stream": ("POST", "/", ""),
    "a replay record": ("PUT", "/dead/replayed/", ""),
}
KEY = "malformed/2026/09/21/shardId-000000000003/{}-{}.jsonl.gz"


@pytest.fixture(scope="module")
def running() -> Iterator[Endpoint]:
    with pytest.MonkeyPatch.context() as patch, aws_endpoint() as endpoint:
        use(endpoint.url, patch)
        # The function's own bounds are 10 and 11 seconds.
        patch.setattr(bucket, "CALL_SECONDS", BOUND_SECONDS)
        patch.setattr(stream, "CALL_SECONDS", BOUND_SECONDS)
        made = aws.client
        patch.setattr(
            aws,
            "client",
            lambda service, **_: made(service, connect_seconds=0.4, read_seconds=0.4, attempts=1),
        )
        for name, value in {
            "ENVIRONMENT_NAME": "test",
            "LOG_LEVEL": "INFO",
            "STREAM_NAME": "updates",
            "DEAD_LETTER_BUCKET": "dead",
        }.items():
            patch.setenv(name, value)
        wiring.clients.cache_clear()
        yield endpoint
        wiring.clients.cache_clear()


@pytest.fixture
def endpoint(running: Endpoint) -> Endpoint:
    """Three dead letters in as many objects."""
    running.reset()
    for number in range(3):
        line = {
            "sequence_number": str(number),
            "shard_id": "shardId-000000000003",
            "arrived_at": "2026-09-21T14:13:20.123+00:00",
            "partition_key": "SKU-1",
            "reason": "not-json",
            "detail": "",
            "payload_base64": base64.b64encode(b"dead letter %d" % number).decode(),
        }
        body = gzip.compress(json.dumps(line).encode())
        running.objects[f"/dead/{KEY.format(number, number)}"] = body
    return running


PAYLOADS = [b"dead letter 0", b"dead letter 1", b"dead letter 2"]


def replay() -> dict[str, Any]:
    return handle({"dry_run": False}, Context())


def at(step: str, failure: Failure) -> Failure:
    """The failure at one step, and right answers at the others."""
    verb, path, query = STEPS[step]

    def fail(handler: Handler) -> None:
        if handler.command == verb and handler.path.startswith(path) and query in handler.path:
            failure(handler)
        else:
            handler.succeed()

    return fail


@pytest.mark.parametrize(
    ("step", "failure"),
    [
        *((step, close) for step in STEPS),
        *((step, drip) for step in STEPS),
        ("a dead letter", drip_body),
        ("a dead letter", garbage(502)),
        ("the replay log", error(503, "SlowDown")),
        ("a replay record", garbage(502)),
    ],
)
def test_a_step_that_fails_is_reported_and_the_next_run_replays_the_rest(
    endpoint: Endpoint, step: str, failure: Failure
) -> None:
    endpoint.failure = at(step, failure)
    with takes_at_most(BOUND_SECONDS):
        assert replay()["failure"]
    # The steps before it were done.
    assert bool(endpoint.records) == (step == "a replay record")

    endpoint.failure = None
    report = replay()
    assert report["failure"] is None
    # A put that the replay log does not show is done again: an event that comes twice is harmless.
    assert set(endpoint.records) == set(PAYLOADS)
    assert replay()["replayed"] == 0


@pytest.mark.parametrize("failure", ALL.values(), ids=ALL)
def test_a_bucket_that_fails_never_ends_the_function(endpoint: Endpoint, failure: Failure) -> None:
    endpoint.failure = failure

    assert replay()["failure"]
    assert endpoint.records == []


def test_a_slow_bucket_only_takes_longer(endpoint: Endpoint) -> None:
    endpoint.failure = slow
    assert replay()["failure"] is None
    assert endpoint.records == PAYLOADS
