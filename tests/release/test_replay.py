"""The portions of a replay become one report; an invalid response is an error."""

from __future__ import annotations

import io
import json
from typing import Any

import msgspec
import pytest
from botocore.exceptions import ClientError

from catalog_platform.errors import PlatformError
from catalog_platform.release.replay import ReplayReport, replay
from failure_replayer import request as contract
from support.aws import FakeSession


class FakeLambda:
    """Responds with the given payloads, one after the other."""

    def __init__(self, *answers: Any, error: str = "", refusal: str = "") -> None:
        self.answers = list(answers)
        self.error, self.refusal = error, refusal
        self.asked: list[Any] = []

    def invoke(self, *, FunctionName: str, Payload: bytes) -> dict[str, Any]:  # noqa: N803
        assert FunctionName == "replayer"
        self.asked.append(json.loads(Payload))
        if self.refusal:
            raise ClientError({"Error": {"Code": self.refusal, "Message": "no"}}, "Invoke")
        text = json.dumps(self.answers.pop(0)).encode()
        failed = {"FunctionError": "Unhandled"} if self.error else {}
        return {"Payload": io.BytesIO(text), **failed}


def a_response(**changes: Any) -> dict[str, Any]:
    """Return a response of the function."""
    report = contract.Report(dry_run=False)
    for name, value in changes.items():
        setattr(report, name, value)
    found = msgspec.to_builtins(report)
    assert isinstance(found, dict)
    return found


def run(*answers: Any, **options: Any) -> tuple[ReplayReport, FakeLambda]:
    function = FakeLambda(*answers, **options)
    counts: list[int] = []
    report = replay(
        FakeSession(**{"lambda": function}),
        "replayer",
        {"dry_run": False},
        on_progress=lambda report: counts.append(report.replayed),
    )
    assert counts == sorted(counts)
    return report, function


def tally(selected: int) -> contract.Tally:
    return contract.Tally(selected=selected, replayed=selected)


def test_the_report_has_the_fields_that_the_function_writes() -> None:
    assert set(a_response()) == {field.name for field in msgspec.structs.fields(ReplayReport)}


def test_portions_are_requested_by_cursor_and_added() -> None:
    report, function = run(
        a_response(
            selected=2,
            replayed=2,
            cursor="a",
            position="7",
            reasons={"not-json": tally(2)},
            oldest="2026-01-02T00:00:00Z",
            newest="2026-01-03T00:00:00Z",
        ),
        a_response(
            selected=3,
            replayed=3,
            reasons={"not-json": tally(1), "unknown-version": tally(2)},
            oldest="2026-01-01T00:00:00Z",
            newest="2026-01-02T00:00:00Z",
        ),
    )

    assert [question["cursor"] for question in function.asked] == ["", "a"]
    assert [question["position"] for question in function.asked] == ["", "7"]
    assert (report.selected, report.replayed, report.complete) == (5, 5, True)
    assert {reason: each.selected for reason, each in report.reasons.items()} == {
        "not-json": 3,
        "unknown-version": 2,
    }
    assert (report.oldest, report.newest) == ("2026-01-01T00:00:00Z", "2026-01-03T00:00:00Z")


def test_a_failure_ends_the_replay_and_keeps_the_counts() -> None:
    report, function = run(a_response(replayed=2, cursor="a", failure="stream: away"))

    assert len(function.asked) == 1
    assert (report.replayed, report.failure, report.complete) == (2, "stream: away", False)


@pytest.mark.parametrize("trouble", ["unusable", "missing", "unreadable", "refused"])
def test_a_dead_letter_that_cannot_be_replayed_makes_the_report_incomplete(trouble: str) -> None:
    assert not run(a_response(**{trouble: 1}))[0].complete


@pytest.mark.parametrize(
    ("answers", "options", "message"),
    [
        (
            [{"errorType": "SettingsError", "errorMessage": "STREAM_NAME is missing"}],
            {"error": "Unhandled"},
            "function replayer: SettingsError: STREAM_NAME is missing",
        ),
        ([["a list"]], {}, "returned no JSON object"),
        ([{"replayed": 1}], {}, "did not return a report"),
        (
            [],
            {"refusal": "TooManyRequestsException"},
            "is busy: another invocation is running",
        ),
        ([], {"refusal": "ResourceNotFoundException"}, "function replayer: An error occurred"),
    ],
)
def test_a_failed_call_is_an_expected_failure(
    answers: list[Any], options: dict[str, str], message: str
) -> None:
    with pytest.raises(PlatformError, match=message):
        run(*answers, **options)


def test_a_function_that_makes_no_progress_is_not_called_endlessly() -> None:
    report, function = run(
        a_response(cursor="a", position="1"),
        a_response(cursor="a", position="2"),
        a_response(cursor="a", position="1"),
        a_response(),
    )

    assert len(function.asked) == 3
    assert (report.failure, report.complete) == (
        "function replayer makes no progress after 'a'",
        False,
    )


def test_a_report_keeps_at_most_100_causes() -> None:
    causes = [contract.Unreadable(f"malformed/{number}", "broken") for number in range(20)]
    answers = [a_response(cursor=f"{number}", causes=causes, unreadable=20) for number in range(10)]

    report, _ = run(*answers, a_response())

    assert (report.unreadable, len(report.causes)) == (200, 100)
