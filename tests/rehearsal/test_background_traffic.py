from __future__ import annotations

import time
from datetime import UTC, datetime
from typing import Any

import pytest

from catalog_platform.errors import PlatformError
from catalog_platform.rehearsal import background_traffic
from catalog_platform.rehearsal.background_traffic import BURST, BackgroundTraffic, merge_feeds
from catalog_platform.verification.feed import generate
from catalog_platform.verification.producer import Sent
from support.aws import FakeSession

NOW = datetime(2026, 11, 1, tzinfo=UTC)


def test_feeds_about_different_stocks_are_added() -> None:
    first, second = (
        generate(updates=40, malformed=2, seed=seed, run=f"r{seed}", now=NOW) for seed in (1, 2)
    )
    both = merge_feeds([first, second])
    assert both.updates == first.updates + second.updates
    assert both.levels == first.levels | second.levels
    assert both.facts == first.facts | second.facts
    assert (both.malformed, both.duplicates) == (4, first.duplicates + second.duplicates)
    assert merge_feeds([]).updates == ()


def traffic(monkeypatch: pytest.MonkeyPatch, *, fails_after: int) -> BackgroundTraffic:
    """Send bursts until the `fails_after`-th, or until it is stopped."""
    count = 0

    def put(_session: Any, stream: str, feed: Any, **_options: Any) -> Sent:
        nonlocal count
        assert stream == "s"
        if count == fails_after:
            raise PlatformError("the stream is gone")
        count += 1
        return Sent(valid={f"{count}-{n}" for n in range(BURST - 1)}, malformed={f"{count}-m"})

    monkeypatch.setattr(background_traffic, "put", put)
    monkeypatch.setattr(background_traffic, "PAUSE_SECONDS", 0.001)
    return BackgroundTraffic(FakeSession(), "s", "b")


def test_every_burst_is_recorded_and_a_failure_ends_the_traffic(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with traffic(monkeypatch, fails_after=3) as task:
        task._thread.join(30)
    assert task.failure == "updates could no longer be sent: the stream is gone"
    assert task.sent.total == 3 * BURST
    assert task.feed().malformed == 3
    assert task.prefix == "VERIFY-b"
    assert all(sku.startswith("VERIFY-b.000") for sku, _ in task.feed().levels)


def test_traffic_ends_with_its_block(monkeypatch: pytest.MonkeyPatch) -> None:
    with traffic(monkeypatch, fails_after=10**9) as task:
        while task.sent.total < 2 * BURST:
            time.sleep(0.001)
    sent = task.sent.total
    assert task.failure == ""
    assert sent % BURST == 0
    time.sleep(0.01)
    assert task.sent.total == sent
