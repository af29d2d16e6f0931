from __future__ import annotations

import itertools
import threading

import pytest

from catalog_platform import stages
from catalog_platform.stages import Times, recorded, stage, table


def test_the_time_of_an_inner_stage_counts_for_it_only(monkeypatch: pytest.MonkeyPatch) -> None:
    # Each look at the clock is a second of wall time and two of processor time after the last one.
    clock = ((float(seconds), 2.0 * seconds) for seconds in itertools.count())
    monkeypatch.setattr(stages, "_now", lambda: next(clock))
    with recorded("other") as times, stage("outer"):
        with stage("inner"):
            pass
        with stage("inner"):
            pass
    assert times == {"other": Times(1, 2, 4), "outer": Times(1, 3, 6), "inner": Times(2, 2, 4)}


def test_the_clock_goes_on() -> None:
    with recorded("other") as times, stage("inner"):
        sum(range(100_000))
    assert times["inner"].wall > 0


def test_stages_of_other_threads_and_without_a_recording_are_not_counted() -> None:
    def elsewhere() -> None:
        with stage("elsewhere"):
            pass

    elsewhere()
    with recorded("other") as times:
        thread = threading.Thread(target=elsewhere)
        thread.start()
        thread.join()
    assert times.keys() == {"other"}


def test_a_stage_that_fails_ends() -> None:
    with recorded("other") as times:
        try:
            with stage("failing"):
                raise ValueError
        except ValueError:
            pass
        with stage("next"):
            pass
    assert times.keys() == {"other", "failing", "next"}


def test_the_table_has_the_longest_stage_first_and_the_sum() -> None:
    lines = table({"a": Times(1, 1.0, 0.5), "b": Times(3, 3.0, 1.5)}).splitlines()
    assert lines == [
        "stage  runs  wall s  share  processor s",
        "b         3    3.00    75%         1.50",
        "a         1    1.00    25%         0.50",
        "total          4.00                2.00",
    ]
