from __future__ import annotations

import json
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec
import pytest

from catalog_platform.aws import stack_outputs
from catalog_platform.aws.stack_outputs import Outputs
from catalog_platform.commands import replay as command
from catalog_platform.commands import warm as warm_command
from catalog_platform.errors import PlatformError, UsageError
from catalog_platform.pipeline import approval
from catalog_platform.release.replay import ReasonCounts, ReplayFailure, ReplayReport
from catalog_platform.workspace import Workspace
from failure_replayer.request import Request
from support.manifests import a_repository, with_lines
from support.terminal import Terminal

NOW = datetime(2026, 9, 21, 12, tzinfo=UTC)
NOTHING: dict[str, Any] = {"since": None, "until": None, "reasons": [], "span": None}


def a_report(**changes: Any) -> ReplayReport:
    counts = {field.name: 0 for field in msgspec.structs.fields(ReplayReport) if field.type is int}
    fields: dict[str, Any] = {
        **counts,
        "dry_run": False,
        "reasons": {},
        "causes": [],
        "oldest": None,
        "newest": None,
        "cursor": None,
        "failure": None,
    }
    return ReplayReport(**(fields | changes))


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    return a_repository(
        tmp_path / "repository",
        sample=with_lines("release:\n  target: aws\n"),
        without=with_lines("replayer:\n  enabled: false\nreader:\n  enabled: false\n")
        .replace("sample", "without")
        .replace("10.55", "10.56"),
    )


@pytest.fixture
def responses(monkeypatch: pytest.MonkeyPatch) -> list[ReplayReport]:
    """The next responses of the function."""
    found: list[ReplayReport] = []

    def respond(
        _session: object,
        _function: str,
        request: dict[str, Any],
        *,
        on_progress: Callable[[ReplayReport], None],
    ) -> ReplayReport:
        Request.parse(request)
        on_progress(found[0])
        assert found[0].dry_run is request["dry_run"]
        return found.pop(0)

    outputs = Outputs(
        stream_name="",
        database_endpoint="",
        database_port=1,
        database_name="",
        database_secret_arn="",
        cache_endpoint="",
        cache_port=1,
        archive_bucket_name="",
        dead_letter_bucket_name="",
        replayer_function_name="replayer",
        reader_function_name="reader",
    )
    monkeypatch.setattr(command, "replay", respond)
    monkeypatch.setattr(approval, "require_account", lambda *_: None)
    monkeypatch.delenv("AWS_ENDPOINT_URL", raising=False)
    monkeypatch.setattr(stack_outputs, "read", lambda *_: outputs)
    return found


def run(workspace: Workspace, name: str = "sample", **changes: Any) -> int:
    options = {**NOTHING, "dry_run": False, "format": "text", "yes": True, **changes}
    return command.run(workspace, name=name, **options)


def test_dead_letters_are_counted_and_then_replayed(
    workspace: Workspace, responses: list[ReplayReport], capsys: pytest.CaptureFixture[str]
) -> None:
    reasons = {"not-json": ReasonCounts(3, 1, 2)}
    responses += [
        a_report(dry_run=True, replayed=2, already=1),
        a_report(replayed=2, selected=3, reasons=reasons, replayed_bytes=2048),
    ]

    assert run(workspace) == 0

    printed = capsys.readouterr()
    assert "3 dead letters" in printed.out
    assert "replayed 2 · 2,048 bytes" in printed.out
    assert "2 to replay, 1 replayed before" in printed.err
    assert responses == []


def test_dead_letters_are_counted_and_not_replayed_without_an_approval(
    workspace: Workspace, responses: list[ReplayReport], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "stdin", Terminal("no\n"))
    responses += [a_report(dry_run=True, replayed=2), a_report(replayed=2)]

    with pytest.raises(PlatformError, match="replay: nothing is changed"):
        run(workspace, yes=False)

    assert [each.dry_run for each in responses] == [False]


def test_a_count_is_not_confirmed(workspace: Workspace, responses: list[ReplayReport]) -> None:
    responses += [a_report(dry_run=True, replayed=2), a_report(dry_run=True)]

    assert run(workspace, dry_run=True, yes=False) == 0
    assert run(workspace, yes=False) == 0


def test_control_characters_and_markup_from_a_bucket_are_escaped(
    workspace: Workspace, responses: list[ReplayReport], capsys: pytest.CaptureFixture[str]
) -> None:
    reasons = {"[/bold] :bug:": ReasonCounts(1, 0, 1), "\x1b[31mred": ReasonCounts(1, 0, 1)}
    responses.append(
        a_report(dry_run=True, replayed=2, reasons=reasons, failure="\x1b]0;title\x07")
    )

    run(workspace, dry_run=True)

    printed = capsys.readouterr().out
    assert "[/bold] :bug:" in printed
    assert "\x1b" not in printed
    assert "�[31mred" in printed


def test_a_dry_run_replays_nothing(
    workspace: Workspace, responses: list[ReplayReport], capsys: pytest.CaptureFixture[str]
) -> None:
    responses.append(a_report(dry_run=True, replayed=2))

    assert run(workspace, dry_run=True) == 0
    assert "would be replayed 2" in capsys.readouterr().out


def test_without_dead_letters_the_function_is_called_once(
    workspace: Workspace, responses: list[ReplayReport], capsys: pytest.CaptureFixture[str]
) -> None:
    responses.append(a_report(dry_run=True, already=5))

    assert run(workspace) == 0
    assert "replayed 0 ·" in capsys.readouterr().out


def test_an_unused_reason_is_reported_with_the_command_that_lists_all(
    workspace: Workspace, responses: list[ReplayReport], capsys: pytest.CaptureFixture[str]
) -> None:
    responses.append(a_report(dry_run=True, found=25))

    assert run(workspace, reasons=["nonsense"]) == 0
    assert capsys.readouterr().err.endswith(
        "catalogctl: none of 25 dead letters has the reason nonsense; "
        "list all reasons: catalogctl replay sample --dry-run\n"
    )


def test_json_is_the_whole_report(
    workspace: Workspace, responses: list[ReplayReport], capsys: pytest.CaptureFixture[str]
) -> None:
    responses.append(a_report(dry_run=True, already=5))

    run(workspace, format="json")

    assert json.loads(capsys.readouterr().out)["already"] == 5


def test_dead_letters_that_cannot_be_replayed_are_listed_and_fail_the_run(
    workspace: Workspace, responses: list[ReplayReport], capsys: pytest.CaptureFixture[str]
) -> None:
    responses.append(
        a_report(
            dry_run=True,
            unusable=1,
            missing=2,
            unreadable=4,
            refused=1,
            causes=[ReplayFailure("malformed/x", "line 3: too-large: more than 8388608 bytes")],
            failure="s3: away",
        )
    )

    assert run(workspace) == 1

    lines = capsys.readouterr().out.splitlines()
    assert lines[-8:] == [
        "1 dead letter without a payload",
        "2 records no longer in the stream",
        "1 dead letter rejected by the stream",
        "4 objects could not be read completely",
        "not replayed:",
        "  malformed/x: line 3: too-large: more than 8388608 bytes",
        "  and 4 more",
        "stopped: s3: away; run the command again to continue",
    ]


def test_a_disabled_function_is_an_expected_failure(workspace: Workspace) -> None:
    with pytest.raises(PlatformError, match=r"replayer\.enabled is false"):
        run(workspace, "without")
    with pytest.raises(PlatformError, match=r"reader\.enabled is false"):
        warm_command.run(workspace, name="without")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("90m", "2026-09-21T10:30:00+00:00"),
        ("36h", "2026-09-20T00:00:00+00:00"),
        ("7d", "2026-09-14T12:00:00+00:00"),
        ("2026-09-21T14:00:00+02:00", "2026-09-21T12:00:00+00:00"),
        ("2026-09-21T14:00Z", "2026-09-21T14:00:00+00:00"),
    ],
)
def test_a_time_is_an_age_or_rfc_3339(text: str, expected: str) -> None:
    assert command.parse_time("since", text, NOW).isoformat() == expected


@pytest.mark.parametrize(
    "text",
    [
        *("yesterday", "2026-09-21", "7w", "-1d", "999999d", ""),
        *("0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00"),
    ],
)
def test_an_invalid_time_is_a_usage_error_with_examples(text: str) -> None:
    with pytest.raises(UsageError, match="not a time") as raised:
        command.parse_time("since", text, NOW)

    assert "36h" in raised.value.hint


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"since": "1h", "until": "2h"}, "--since 1h: is not before --until 2h"),
        ({"span": "shard"}, "--range shard: not a range of sequence numbers"),
        ({"span": "shard:9-1"}, "--range shard:9-1: not a range of sequence numbers"),
        ({"span": f"shard:1-{'9' * 5000}"}, "not a range of sequence numbers"),
        ({"span": "a shard:1-9"}, "not a range of sequence numbers"),
    ],
)
def test_an_invalid_request_is_a_usage_error(changes: dict[str, Any], message: str) -> None:
    with pytest.raises(UsageError, match=message):
        command.build_request(**{**NOTHING, **changes}, now=NOW)


def test_the_function_can_parse_the_request() -> None:
    request = command.build_request(
        since="2h", until="1h", reasons=["not-json"], span="shardId-1:5-7", now=NOW
    )

    parsed = Request.parse({**request, "dry_run": True})
    assert parsed.reasons == ("not-json",)
    assert parsed.span is not None
    assert (parsed.span.shard_id, parsed.span.first, parsed.span.last) == ("shardId-1", "5", "7")
