"""Run a program several times; measure wall time, processor time and memory."""

from __future__ import annotations

import os
import statistics
import subprocess
import tempfile
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import psutil

POLL_SECONDS = 0.05


@dataclass(frozen=True, slots=True)
class Run:
    """One run: seconds of wall and processor time, and the largest memory of the whole tree."""

    wall: float
    processor: float
    megabytes: float


@dataclass(frozen=True, slots=True)
class Median:
    """The medians of several runs, and all wall times."""

    wall: float
    processor: float
    megabytes: float
    walls: tuple[float, ...]

    @classmethod
    def of(cls, runs: Sequence[Run]) -> Median:
        """Return the medians of at least one run."""
        return cls(
            statistics.median(each.wall for each in runs),
            statistics.median(each.processor for each in runs),
            statistics.median(each.megabytes for each in runs),
            tuple(each.wall for each in runs),
        )


def together(*runs: Run) -> Run:
    """Return the sum of runs one after the other, and their largest memory."""
    return Run(
        sum(each.wall for each in runs),
        sum(each.processor for each in runs),
        max(each.megabytes for each in runs),
    )


def alternating(
    measured: Mapping[str, Callable[[int], Run]], rounds: int, show: Callable[[str], None]
) -> dict[str, Median]:
    """Measure several things in turn, so that load of the machine concerns all of them."""
    runs: dict[str, list[Run]] = {name: [] for name in measured}
    for number in range(rounds):
        for name, measure in measured.items():
            runs[name].append(measure(number))
            show(f"{name}: {runs[name][-1].wall:.2f} s")
    return {name: Median.of(found) for name, found in runs.items()}


def run(command: Sequence[str | Path], folder: Path, codes: Sequence[int] = (0,)) -> Run:
    """Run a command in a folder. Raises `RuntimeError` with its output for another exit code."""
    environment = {name: value for name, value in os.environ.items() if name in ("HOME", "PATH")}
    with tempfile.TemporaryFile() as output:
        started = time.monotonic()
        child = subprocess.Popen(
            [str(word) for word in command],
            cwd=folder,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
        )
        peak = _Peak(child.pid)
        _, status, used = os.wait4(child.pid, 0)
        wall = time.monotonic() - started
        child.returncode = os.waitstatus_to_exitcode(status)
        megabytes = peak.stop()
        if child.returncode not in codes:
            output.seek(0)
            text = output.read().decode(errors="replace")
            raise RuntimeError(f"{command} ended with {child.returncode}:\n{text}")
    return Run(wall, used.ru_utime + used.ru_stime, megabytes)


class _Peak:
    """The largest memory of a process and its children, by looking at them again and again."""

    def __init__(self, pid: int) -> None:
        self._pid = pid
        self._largest = 0
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)
        self._thread.start()

    def stop(self) -> float:
        """Return the megabytes."""
        self._ended.set()
        self._thread.join()
        return self._largest / 1e6

    def _watch(self) -> None:
        while not self._ended.wait(POLL_SECONDS):
            total = 0
            try:
                top = psutil.Process(self._pid)
                for process in (top, *top.children(recursive=True)):
                    total += process.memory_info().rss
            except psutil.Error:
                continue
            self._largest = max(self._largest, total)
