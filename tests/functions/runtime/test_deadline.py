from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Iterator

import pytest

from catalog_runtime import deadline
from catalog_runtime.deadline import Deadline, LateError, within


@pytest.fixture
def released() -> Iterator[threading.Event]:
    event = threading.Event()
    yield event
    event.set()


def test_work_that_ends_in_time_gives_its_result_or_its_error() -> None:
    assert within(5, lambda: 42) == 42
    with pytest.raises(ZeroDivisionError):
        within(5, lambda: 1 / 0)


def test_an_error_named_timeout_is_the_work_s_own() -> None:
    def work() -> None:
        raise TimeoutError("of the socket")

    with pytest.raises(TimeoutError, match="of the socket"):
        within(5, work)


def test_work_that_takes_too_long_is_left_alone_and_its_result_is_discarded(
    released: threading.Event,
) -> None:
    discarded: list[object] = []
    done = threading.Event()
    began = time.monotonic()

    def discard(result: object) -> None:
        discarded.append(result)
        done.set()

    with pytest.raises(LateError, match=r"within 0\.1 s"):
        within(0.1, lambda: released.wait(30), discard)

    assert time.monotonic() - began < 5
    released.set()
    assert done.wait(5)
    assert discarded == [True]


def test_without_time_nothing_is_begun() -> None:
    with pytest.raises(LateError, match="no time left"):
        within(0, lambda: pytest.fail("begun"))


def test_calls_that_hang_for_good_do_not_pile_up(
    released: threading.Event, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(deadline, "MOST_ABANDONED", 2)
    monkeypatch.setattr(deadline, "_abandoned", [])
    for _ in range(2):
        with pytest.raises(LateError, match="no answer"):
            within(0.01, lambda: released.wait(30))

    with pytest.raises(LateError, match="2 earlier calls still hang"):
        within(5, lambda: pytest.fail("begun"))

    released.set()
    for thread in deadline._abandoned:
        thread.join(5)
    assert within(5, lambda: 42) == 42


def test_a_worker_that_another_thread_takes_at_the_same_time_is_replaced(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    class Taken(deque[object]):
        """Empty by the time of `pop`."""

        def __len__(self) -> int:
            return 1

    monkeypatch.setattr(deadline, "_idle", Taken())

    assert within(5, lambda: 42) == 42


def test_a_deadline_is_shared_by_steps() -> None:
    both = Deadline(10)

    assert both.left(3) == 3
    assert 9 < both.left(20) <= 10
    assert Deadline(-1).left(3) == 0
