from __future__ import annotations

import threading

import pytest

from catalog_platform.rehearsal.background_task import BackgroundTask


class Waiting(BackgroundTask):
    """Runs until it is asked to stop."""

    def __init__(self) -> None:
        super().__init__()
        self.started, self.ended = threading.Event(), False

    def _run(self) -> None:
        self.started.set()
        self._stop.wait(30)
        self.ended = True


def test_a_task_runs_during_the_block_and_has_ended_after_it() -> None:
    with Waiting() as task:
        assert task.started.wait(30)
        assert not task.ended
    assert task.ended


def test_a_failure_in_the_block_is_raised_after_the_task_has_ended() -> None:
    with pytest.raises(KeyError), Waiting() as task:
        raise KeyError
    assert task.ended
