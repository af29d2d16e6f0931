from __future__ import annotations

import time
from datetime import UTC, datetime

import pytest

from catalog_platform import arguments
from catalog_platform.aws import stack_outputs
from catalog_platform.errors import PlatformError
from catalog_platform.pipeline import verify
from catalog_platform.terminal.progress import Progress
from catalog_platform.verification.feed import generate
from catalog_platform.verification.reconcile import Reconciliation, Row
from support.aws import FakeSession

RIGHT = Row("PostgreSQL", "stock levels", 1_200, 1_200, 0)
LOST = Row("S3 archive", "records", 4_975, 4_973, 0)


def test_no_difference_is_exit_code_0(capsys: pytest.CaptureFixture[str]) -> None:
    assert verify.print_reconciliation(Reconciliation(5_000, 2.0, (RIGHT,))) == 0
    out = capsys.readouterr().out
    assert "5,000 updates sent" in out
    assert "difference 0 · 2.0 s · 2,500 records/s" in out


def test_a_lost_record_is_exit_code_1_and_in_its_row(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert verify.print_reconciliation(Reconciliation(5_000, 2.0, (RIGHT, LOST))) == 1
    out = capsys.readouterr().out
    row = next(line for line in out.splitlines() if "S3 archive" in line)
    assert [cell.strip() for cell in row.split("│")[3:7]] == ["4,975", "4,973", "0", "2"]


@pytest.mark.parametrize(
    ("updates", "expected"), [(0, 0), (9, 0), (10, 1), (249, 24), (250, 25), (5_000, 25)]
)
def test_the_default_number_of_malformed_updates_is_at_most_a_tenth(
    updates: int, expected: int
) -> None:
    assert verify.malformed_count(updates, None) == expected


@pytest.mark.parametrize("updates", [0, 1, 10, 5_000])
def test_the_given_number_of_malformed_updates_is_kept(updates: int) -> None:
    assert verify.malformed_count(updates, updates) == updates


@pytest.mark.parametrize("verb", ["verify local", "demo"])
@pytest.mark.parametrize("updates", ["0", "1", "10"])
def test_no_default_makes_few_updates_an_error(verb: str, updates: str) -> None:
    chosen = arguments.parser().parse_args([*verb.split(), "--updates", updates])
    assert 0 <= verify.malformed_count(chosen.updates, chosen.malformed) <= chosen.updates


def test_the_feed_is_described_with_its_malformed_late_and_duplicate_updates() -> None:
    feed = generate(updates=5_000, malformed=25, seed=1, run="r", now=datetime.now(UTC))
    described = verify._described(feed)
    assert described.startswith("5,000 updates (199 duplicates, ")
    assert described.endswith(f"25 malformed) in {len(feed.updates):,} records")
    assert len(feed.updates) < 5_000


def test_progress_is_shown_at_once_then_seldom_then_at_the_end(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    lines: list[str] = []
    clock = iter([100.0, 100.1, 100.2, 100.3])
    monkeypatch.setattr(time, "monotonic", lambda: next(clock))
    on_progress = verify._rate_limited(lines.append, 30)
    for count in (10, 20, 25, 30):
        on_progress(count)
    assert lines == ["10 of 30", "30 of 30"]


def test_nothing_is_put_when_a_private_store_cannot_be_reached(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def refuse(*_: object) -> None:
        raise PlatformError("database: no route")

    monkeypatch.setattr(stack_outputs, "read", lambda *_: None)
    monkeypatch.setattr(verify, "require_reachable", refuse)
    monkeypatch.setattr(verify, "put", lambda *_, **__: pytest.fail("sent"))
    with pytest.raises(PlatformError, match="no route"):
        verify.feed_and_reconcile(
            FakeSession(), "prod", updates=1, malformed=0, seed=1, progress=Progress(quiet=True)
        )
