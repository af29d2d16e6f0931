from __future__ import annotations

import json
from collections.abc import Iterator

import pytest

from catalog_runtime import aws
from catalog_runtime.environment import SettingsError
from failure_replayer import wiring
from failure_replayer.handler import handle
from failure_replayer.request import RequestError
from failure_replayer.settings import Settings
from support.dead_letters import FakeBucket, FakeKinesis, malformed
from support.invocations import Context

VALID = {
    "ENVIRONMENT_NAME": "test",
    "LOG_LEVEL": "INFO",
    "STREAM_NAME": "updates",
    "DEAD_LETTER_BUCKET": "dead",
}


@pytest.fixture
def cloud(monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[FakeBucket, FakeKinesis]]:
    s3, kinesis = FakeBucket(), FakeKinesis()
    for name, value in VALID.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(aws, "client", lambda name, **_: {"s3": s3, "kinesis": kinesis}[name])
    wiring.clients.cache_clear()
    yield s3, kinesis
    wiring.clients.cache_clear()


def test_the_answer_is_plain_json_and_the_log_holds_no_payload(
    cloud: tuple[FakeBucket, FakeKinesis], capsys: pytest.CaptureFixture[str]
) -> None:
    s3, kinesis = cloud
    malformed(s3, b"the payload")

    answer = json.loads(json.dumps(handle({"dry_run": False}, Context())))

    assert answer["replayed"] == 1
    assert answer["cursor"] is None
    assert answer["oldest"].startswith("2026-09-21T14:13:20")
    assert kinesis.payloads == [b"the payload"]
    printed = capsys.readouterr().out
    assert json.loads(printed)["replayed"] == 1
    assert "payload" not in printed


def test_a_function_that_is_out_of_time_does_one_object_and_reports_where_to_resume(
    cloud: tuple[FakeBucket, FakeKinesis],
) -> None:
    s3, _ = cloud
    first = malformed(s3, b"a")
    malformed(s3, b"b", start=1)

    answer = handle({"dry_run": False}, Context(seconds=1))

    assert (answer["replayed"], answer["cursor"]) == (1, first)


def test_a_request_that_makes_no_sense_fails_the_invocation(
    cloud: tuple[FakeBucket, FakeKinesis],
) -> None:
    with pytest.raises(RequestError):
        handle({"dry_run": "perhaps"}, Context())


def test_every_missing_variable_is_named_in_one_message() -> None:
    with pytest.raises(SettingsError) as raised:
        Settings.parse({})

    assert all(f"{name} is missing" in str(raised.value) for name in VALID)
