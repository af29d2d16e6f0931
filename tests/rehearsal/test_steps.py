"""What a rehearsal reads from AWS and from the CDK; tests/e2e/test_rehearse.py runs the steps."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from catalog_platform.errors import PlatformError, ToolError
from catalog_platform.rehearsal import steps
from catalog_platform.rehearsal.fault_injection import OUTPUT
from catalog_platform.rehearsal.steps import RehearsalContext, deploy_base
from catalog_platform.release import deploy as deployment
from catalog_platform.verification.producer import Sent
from support.aws import FakeSession
from support.rehearsals import rows

FAILURE = """\
catalog-prod | 3/9 | 10:00:01 AM | UPDATE_IN_PROGRESS | AWS::SQS::Queue | Queue
catalog-prod | 4/9 | 10:00:02 AM | UPDATE_FAILED | AWS::Lambda::Function | Processor Limit exceeded
catalog-prod | 5/9 | 10:00:03 AM | UPDATE_FAILED | AWS::SQS::Queue | Queue Update was cancelled
"""

ROLLBACK = "a | b | c | ROLLBACK_FAILED | d | e"
TWO = """\
catalog-prod | 4/9 | 10:00:02 AM | UPDATE_FAILED | AWS::EC2::Subnet | A InvalidSubnet.Conflict
catalog-prod | 5/9 | 10:00:03 AM | CREATE_FAILED | AWS::SQS::Queue | B Resource creation cancelled
catalog-prod | 5/9 | 10:00:03 AM | CREATE_FAILED | AWS::SQS::Queue | B no | such
"""


class CloudFormation:
    def describe_stacks(self, StackName: str) -> dict[str, Any]:  # noqa: N803
        assert StackName == "catalog-prod"
        outputs = [{"OutputKey": OUTPUT, "OutputValue": "processor-1"}]
        return {"Stacks": [{"StackStatus": "UPDATE_COMPLETE", "Outputs": outputs}]}


class CloudWatch:
    def __init__(self, *counts: float) -> None:
        self.counts = counts
        self.asked: dict[str, Any] = {}

    def get_metric_statistics(self, **asked: Any) -> dict[str, Any]:
        self.asked = asked
        return {"Datapoints": [{"Sum": count} for count in self.counts]}


def context(**clients: Any) -> RehearsalContext:
    toolchain: Any = None
    return RehearsalContext(
        toolchain=toolchain,
        session=FakeSession(cloudformation=CloudFormation(), **clients),
        environment="prod",
        run="r",
        timeout=1.0,
        on_line=lambda _line: None,
    )


def failing(tail: str) -> Any:
    def deploy(*_: Any, **__: Any) -> None:
        raise ToolError("the CDK failed", returncode=1, tail=tail)

    return deploy


@pytest.mark.parametrize(
    ("tail", "reason"),
    [
        (FAILURE, "AWS::Lambda::Function Processor Limit exceeded"),
        (
            "a | b | c | ROLLBACK_FAILED | d | e",
            "the CDK failed: a | b | c | ROLLBACK_FAILED | d | e",
        ),
        ("UPDATE_FAILED", "the CDK failed: UPDATE_FAILED"),
        (TWO, "AWS::EC2::Subnet A InvalidSubnet.Conflict; AWS::SQS::Queue B no | such"),
        ("", "the CDK failed"),
    ],
)
def test_the_reason_of_a_failure_is_that_of_the_failed_resources(
    tail: str, reason: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(deployment, "deploy", failing(tail))
    assert context().deploy(Path()) == reason


def test_a_deployment_that_succeeds_has_no_reason(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(deployment, "deploy", lambda *_, **__: None)
    assert context().deploy(Path()) == ""


def test_throttled_calls_are_added_from_the_start_of_the_minute() -> None:
    cloudwatch = CloudWatch(2.0, 3.0)
    since = datetime(2026, 11, 1, 10, 7, 42, 7, tzinfo=UTC)
    assert context(cloudwatch=cloudwatch).throttled(since) == 5
    assert cloudwatch.asked["StartTime"] == datetime(2026, 11, 1, 10, 7, tzinfo=UTC)
    assert cloudwatch.asked["Dimensions"] == [{"Name": "FunctionName", "Value": "processor-1"}]
    assert context(cloudwatch=CloudWatch()).throttled(since) == 0


def test_the_status_is_that_of_the_stack() -> None:
    assert context().status() == "UPDATE_COMPLETE"


def test_a_store_that_cannot_be_read_is_reported_beside_the_others(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def unavailable(*_: Any, **__: Any) -> None:
        raise PlatformError("down")

    fed: Any = steps.SentFeed(feed=None, sent=None, prefix="VERIFY-r-")  # type: ignore[arg-type]
    monkeypatch.setattr(RehearsalContext, "outputs", lambda _self: None)
    monkeypatch.setattr(steps, "reconcile", unavailable)
    monkeypatch.setattr(steps, "snapshot", lambda *_: ((), ("down",)))
    assert context().reconcile(fed, 0.0, 0.0) == ((), ("down",))


def test_a_base_that_cannot_be_deployed_gets_no_updates(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(deployment, "deploy", failing(FAILURE))
    monkeypatch.setattr(steps, "put", lambda *_, **__: pytest.fail("updates were sent"))
    step, fed = deploy_base(context(), Path(), updates=100)
    assert step.failure == "AWS::Lambda::Function Processor Limit exceeded"
    assert (step.sent, fed.sent.total) == (0, 0)
    assert len(fed.feed.updates) > 0


class Background:
    """Traffic, or a measurement, without a stream."""

    sent, prefix, failure, started, longest_pause = Sent(), "VERIFY-", "", 0.0, 0.0

    def __init__(self, *_: Any) -> None:
        pass

    def __enter__(self) -> Any:
        return self

    def __exit__(self, *_: object) -> None:
        pass

    def feed(self) -> None:
        pass


@pytest.fixture
def deployed(monkeypatch: pytest.MonkeyPatch) -> None:
    """A stack that deployments do not change, with nothing throttled and nothing missing."""
    outputs = SimpleNamespace(archive_bucket_name="archive", stream_name="stream")
    monkeypatch.setattr(steps, "MARGIN_SECONDS", 0.0)
    for name in ("Availability", "BackgroundTraffic"):
        monkeypatch.setattr(steps, name, Background)
    monkeypatch.setattr(RehearsalContext, "outputs", lambda _self: outputs)
    monkeypatch.setattr(RehearsalContext, "throttled", lambda *_: 0)
    monkeypatch.setattr(RehearsalContext, "reconcile", lambda *_: ((), ()))
    monkeypatch.setattr(deployment, "deploy", lambda *_, **__: None)


@pytest.mark.usefixtures("deployed")
def test_throttled_calls_of_an_earlier_step_are_no_proof_of_an_outage(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    counts = iter([7, 9])
    monkeypatch.setattr(RehearsalContext, "throttled", lambda *_: next(counts))
    step, _ = steps.under_traffic(context(), Path(), "title", "c", [])
    assert step.throttled == 2


@pytest.mark.parametrize("finally_found", [100, 99])
@pytest.mark.usefixtures("deployed")
def test_updates_that_are_late_are_not_lost(
    finally_found: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    reads = iter([rows(found=40), rows(found=50), rows(found=finally_found), rows()])
    monkeypatch.setattr(RehearsalContext, "reconcile", lambda *_: (next(reads), ()))
    monkeypatch.setattr(steps, "_afterwards", lambda *_: (rows(), ()))
    earlier: Any = steps.SentFeed(feed=None, sent=None, prefix="a")  # type: ignore[arg-type]
    step, _ = steps.under_traffic(context(), Path(), "title", "c", [earlier])
    assert (step.lost_updates, step.lost_data) == (100 - finally_found, 0)
    assert step.works_again


@pytest.mark.usefixtures("deployed")
def test_what_was_missing_is_not_read_again_when_the_service_does_not_work(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(RehearsalContext, "reconcile", lambda *_: (rows(found=40), ()))
    monkeypatch.setattr(steps, "_afterwards", lambda *_: ((), ("the stream is gone",)))
    step, _ = steps.under_traffic(context(), Path(), "title", "c", [])
    assert (step.lost_updates, step.unreadable) == (60, ("the stream is gone",))
