from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from catalog_platform.errors import PlatformError
from catalog_platform.rehearsal import store_snapshot
from catalog_platform.rehearsal.store_snapshot import snapshot
from catalog_platform.verification.feed import Feed, generate
from catalog_platform.verification.producer import Sent
from support.aws import FakeSession

FEED: Feed = generate(
    updates=40, malformed=2, seed=1, run="r", now=datetime(2026, 1, 1, tzinfo=UTC)
)
SENT = Sent(valid={"1", "2"}, malformed={"3"})


class Store:
    """A store that holds the expected values, or cannot be read."""

    def __init__(self, name: str, broken: set[str]) -> None:
        if name in broken:
            raise PlatformError(f"{name} is down")

    def levels(self, _asked: object) -> dict[tuple[str, str], int]:
        return FEED.levels

    def facts(self, _asked: object) -> dict[tuple[str, str], object]:
        return FEED.facts

    def close(self) -> None:
        pass


class Buckets:
    """The archive and the dead letters, each with what was sent."""

    def __init__(self, broken: set[str]) -> None:
        self.broken = broken

    def archive(self, *_: Any) -> Any:
        return self._bucket("archive", SENT.valid)

    def dead_letters(self, *_: Any) -> Any:
        return self._bucket("dead letters", SENT.malformed)

    def _bucket(self, name: str, numbers: set[str]) -> Any:
        class Bucket:
            def refresh(inner) -> dict[str, str]:  # noqa: N805
                if name in self.broken:
                    raise PlatformError(f"{name} is down")
                return dict.fromkeys(numbers, "inventory/1")

        return Bucket()


def taken(monkeypatch: pytest.MonkeyPatch, *broken: str) -> tuple[dict[str, int], tuple[str, ...]]:
    """Return the missing values by store, and the reasons."""
    down = set(broken)
    monkeypatch.setattr(store_snapshot, "DatabaseClient", lambda *_: Store("database", down))
    monkeypatch.setattr(store_snapshot, "CacheClient", lambda *_: Store("cache", down))
    monkeypatch.setattr(store_snapshot, "EventBucket", Buckets(down))
    outputs: Any = None
    rows, reasons = snapshot(FakeSession(), outputs, FEED, SENT, "VERIFY-r")
    missing: dict[str, int] = {}
    for row in rows:
        missing[row.place] = missing.get(row.place, 0) + row.difference
    return missing, reasons


def test_stores_that_can_be_read_have_no_difference(monkeypatch: pytest.MonkeyPatch) -> None:
    missing, reasons = taken(monkeypatch)
    assert set(missing.values()) == {0}
    assert reasons == ()


@pytest.mark.parametrize("store", ["database", "cache", "archive", "dead letters"])
def test_a_store_that_cannot_be_read_counts_as_empty_and_the_others_are_read(
    store: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    missing, reasons = taken(monkeypatch, store)
    assert reasons == (f"{store} is down",)
    assert len([place for place, count in missing.items() if count]) == 1
