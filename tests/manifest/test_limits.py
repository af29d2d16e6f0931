from __future__ import annotations

import resource
import signal
import threading
import time

import pytest

from catalog_platform.manifest import limits, merge
from catalog_platform.manifest.limits import LimitExceededError, limited
from support.manifests import VALID, a_repository, findings_of


def spin(seconds: float = 5.0) -> None:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        pass


def test_processor_time_is_bounded():
    with (
        pytest.raises(LimitExceededError, match=r"more than 0.05 s of CPU time"),
        limited(cpu=0.05),
    ):
        spin()


def test_waiting_is_bounded():
    with pytest.raises(LimitExceededError, match=r"more than 0.05 s"), limited(wall=0.05):
        time.sleep(5)


def test_memory_is_bounded():
    with pytest.raises(LimitExceededError, match="of memory"), limited(memory=64 * 1024**2):
        bytearray(1024**3)


def test_nesting_is_bounded():
    def fall() -> None:
        fall()

    with pytest.raises(LimitExceededError, match="nesting"), limited():
        fall()


def test_previous_limits_and_handlers_are_restored():
    before = (
        resource.getrlimit(resource.RLIMIT_AS),
        signal.getsignal(signal.SIGALRM),
        signal.getsignal(signal.SIGPROF),
    )
    with limited():
        pass
    assert before == (
        resource.getrlimit(resource.RLIMIT_AS),
        signal.getsignal(signal.SIGALRM),
        signal.getsignal(signal.SIGPROF),
    )
    assert signal.getitimer(signal.ITIMER_REAL) == (0.0, 0.0)


def test_the_previous_limit_is_restored_when_blocks_of_two_threads_overlap():
    before = resource.getrlimit(resource.RLIMIT_AS)
    inside, first_has_ended = threading.Event(), threading.Event()

    def second() -> None:
        with limited():
            inside.set()
            first_has_ended.wait(30)

    with limited():
        thread = threading.Thread(target=second)
        thread.start()
        inside.wait(30)
    assert resource.getrlimit(resource.RLIMIT_AS) != before
    first_has_ended.set()
    thread.join()
    assert resource.getrlimit(resource.RLIMIT_AS) == before


def test_only_the_memory_limit_applies_in_other_threads():
    caught: list[Exception] = []

    def work() -> None:
        try:
            with limited(memory=64 * 1024**2):
                bytearray(1024**3)
        except LimitExceededError as error:
            caught.append(error)

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert len(caught) == 1


def test_an_environment_that_takes_too_long_is_a_finding(tmp_path, monkeypatch):
    monkeypatch.setattr(merge, "merge", lambda *_: spin())
    monkeypatch.setattr(limits, "limited", lambda: limited(cpu=0.05))
    (found,) = findings_of(a_repository(tmp_path / "r", sample=VALID))
    assert found.rule == "too-expensive"
    assert "needs more than 0.05 s of CPU time" in found.message


def test_threads_do_not_leave_each_other_s_memory_limit_behind():
    before = resource.getrlimit(resource.RLIMIT_AS)
    entered, leave = threading.Event(), threading.Event()

    def hold() -> None:
        with limited():
            entered.set()
            leave.wait(5)

    def overlap() -> None:
        with limited():
            pass

    first, second = threading.Thread(target=hold), threading.Thread(target=overlap)
    first.start()
    entered.wait(5)
    second.start()
    second.join(0.05)
    leave.set()
    first.join()
    second.join()
    assert resource.getrlimit(resource.RLIMIT_AS) == before
