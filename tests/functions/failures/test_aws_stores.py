"""The processor while S3 or SQS fails in every way, behind its own clients."""

from __future__ import annotations

import gzip
from dataclasses import replace

import pytest

from catalog_runtime.aws import AwsError, call
from catalog_runtime.reaction import Reaction
from embedded_aws.servers import ports
from inventory_processor.archive import S3Archive
from inventory_processor.dead_letters import S3DeadLetters
from support.aws_endpoint import Clients, Endpoint, Failure, Handler, client
from support.aws_failures import ALL, drip, error, hang, slow
from support.events import sequence, stock_level
from support.outages import BOUND_SECONDS, QUEUE_URL, takes_at_most
from support.processor_harness import ProcessorHarness

pytestmark = pytest.mark.e2e
failures = pytest.mark.parametrize("failure", ALL.values(), ids=ALL)


def failed(around: ProcessorHarness, resume: str | None, expected: str) -> None:
    assert resume == expected
    assert around.counts()["BatchFailures"] == 1


@failures
def test_a_batch_waits_for_an_archive_that_fails(
    endpoint: Endpoint, around: ProcessorHarness, failure: Failure
) -> None:
    endpoint.failure = failure
    with takes_at_most(BOUND_SECONDS):
        failed(around, around.process(stock_level()), sequence(0))

    endpoint.failure = None
    assert around.process(stock_level()) is None
    assert around.counts()["RowsChanged"] == 0
    (body,) = endpoint.objects.values()
    assert len(gzip.decompress(body).splitlines()) == 1


@pytest.mark.parametrize(
    ("request_to", "failure"),
    [
        *(("PUT /dead/", failure) for failure in (hang, drip, error(403, "AccessDenied"))),
        *(("POST /", failure) for failure in (hang, drip, error(403, "AccessDenied"))),
        ("POST /", error(400, "RequestThrottled")),
    ],
)
def test_a_malformed_record_waits_for_a_bucket_or_a_queue_that_fails(
    endpoint: Endpoint, around: ProcessorHarness, request_to: str, failure: Failure
) -> None:
    def fail(handler: Handler) -> None:
        if f"{handler.command} {handler.path}".startswith(request_to):
            failure(handler)
        else:
            handler.succeed()

    endpoint.failure = fail
    with takes_at_most(2 * BOUND_SECONDS):
        failed(around, around.process(stock_level(), b"garbage"), sequence(1))
    assert endpoint.messages == []

    endpoint.failure = None
    assert around.process(b"garbage", start=1) is None
    assert {message["count"] for message in endpoint.messages} == {1}


def test_no_listener_at_s3_fails_the_batch(
    around: ProcessorHarness, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", f"http://127.0.0.1:{ports.choose(1)[0]}")
    archive = S3Archive(client("s3"), "archive")
    around.processor = replace(around.processor, archive=archive)

    failed(around, around.process(stock_level()), sequence(0))


def test_no_listener_at_sqs_fails_the_batch(
    clients: Clients, around: ProcessorHarness, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", f"http://127.0.0.1:{ports.choose(1)[0]}")
    dead_letters = S3DeadLetters(clients.s3, "dead", client("sqs"), QUEUE_URL)
    around.processor = replace(around.processor, dead_letters=dead_letters)

    failed(around, around.process(b"garbage"), sequence(0))


def test_a_slow_archive_only_takes_longer(endpoint: Endpoint, around: ProcessorHarness) -> None:
    endpoint.failure = slow

    assert around.process(stock_level()) is None


def test_the_message_about_a_full_batch_of_malformed_records_stays_small(
    endpoint: Endpoint, around: ProcessorHarness
) -> None:
    # The default limit of SQS is 256 KiB.
    assert around.process(*[b"\xff" * 500] * 400) is None

    assert len(str(endpoint.messages[0])) < 1000


def test_a_client_that_cannot_sign_is_no_outage(
    endpoint: Endpoint, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("AWS_ACCESS_KEY_ID")
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    with pytest.raises(AwsError, match="NoCredentialsError") as raised:
        call(client("sqs").send_message, 5, QueueUrl=QUEUE_URL, MessageBody="x")
    assert raised.value.reaction is Reaction.FAIL
