from __future__ import annotations

from typing import Any

import pytest

from catalog_platform.manifest.checks import stream as rules
from support.models import violations


@pytest.mark.parametrize(
    ("mode", "shards", "found"),
    [
        ("provisioned", 2, False),
        ("provisioned", None, True),
        ("on_demand", None, False),
        ("on_demand", 2, True),
    ],
)
def test_only_a_provisioned_stream_has_a_number_of_shards(
    mode: str, shards: int | None, found: bool
) -> None:
    stream = {"mode": mode, "shards": shards}
    assert bool(violations(rules.shards_match_the_mode, stream=stream)) == found


@pytest.mark.parametrize(("age", "found"), [(86399, False), (86400, True)])
def test_retries_end_before_the_record_expires(age: int, found: bool) -> None:
    broken = violations(
        rules.record_age_is_below_stream_retention,
        processor={"maximum_record_age_seconds": age},
        stream={"retention_hours": 24},
    )
    assert bool(broken) == found


@pytest.mark.parametrize(("hours", "found"), [(336, False), (337, True)])
def test_dead_letters_are_kept_as_long_as_records(hours: int, found: bool) -> None:
    broken = violations(
        rules.dead_letters_outlive_the_stream,
        dead_letters={"payload_retention_days": 14},
        stream={"retention_hours": hours},
    )
    assert bool(broken) == found


@pytest.mark.parametrize(("age", "found"), [(66, False), (65, True)])
def test_a_record_outlives_one_batch_window_and_one_invocation(age: int, found: bool) -> None:
    processor = {
        "maximum_record_age_seconds": age,
        "batch_window_seconds": 5,
        "timeout_seconds": 60,
    }
    assert bool(violations(rules.record_age_allows_a_retry, processor=processor)) == found


@pytest.mark.parametrize(
    ("reserved", "shards", "found"),
    [(8, 4, False), (7, 4, True), (None, 4, False), (1, None, False)],
)
def test_every_batch_that_is_read_at_once_can_run(
    reserved: int | None, shards: int | None, found: bool
) -> None:
    broken = violations(
        rules.concurrency_serves_every_shard,
        processor={"reserved_concurrency": reserved, "parallelization_factor": 2},
        stream={"shards": shards},
    )
    assert bool(broken) == found


CLOSED: dict[str, dict[str, Any]] = {
    "replayer": {"enabled": True},
    "release": {"target": "aws"},
    "network": {"nat_gateways": 0, "interface_endpoints": ["sqs"]},
}


@pytest.mark.parametrize(
    "changes",
    [
        {"replayer": {"enabled": False}},
        {"release": {"target": "embedded"}},
        {"network": {"nat_gateways": 1, "interface_endpoints": []}},
        {"network": {"nat_gateways": 0, "interface_endpoints": ["kinesis-streams"]}},
    ],
)
def test_a_replayer_in_a_closed_network_needs_an_endpoint(
    changes: dict[str, dict[str, Any]],
) -> None:
    rule = rules.replayer_reaches_the_stream
    assert violations(rule, **CLOSED) == ["replayer.enabled"]
    assert violations(rule, **(CLOSED | changes)) == []
