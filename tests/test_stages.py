from __future__ import annotations

import threading
import time

from catalog_platform.stages import Times, recorded, stage, table


def test_the_time_of_an_inner_stage_counts_for_it_only() -> None:
    with recorded("other") as times:
        with stage("outer"):
            with stage("inner"):
                time.sleep(0.05)
            with stage("inner"):
                pass
        time.sleep(0.02)
    assert {name: each.runs for name, each in times.items()} == {"other": 1, "outer": 1, "inner": 2}
    assert times["inner"].wall >= 0.05
    assert times["other"].wall >= 0.02
    assert times["outer"].wall < 0.05


def test_the_sum_of_all_stages_is_the_whole_time() -> None:
    started = time.monotonic()
    with recorded("other") as times, stage("outer"), stage("inner"):
        sum(range(10_000))
    assert abs(sum(each.wall for each in times.values()) - (time.monotonic() - started)) < 0.05


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
