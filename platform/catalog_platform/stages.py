"""Where the time of a command goes, by stage; `catalogctl --profile` prints it.

Stages may be nested: the time of the inner one counts for the inner one only. Processor time is
that of this process and of programs that have ended; it includes that of other threads.
"""

from __future__ import annotations

import contextlib
import os
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field


@dataclass(slots=True)
class Times:
    """How often a stage ran, and its seconds of wall and processor time."""

    runs: int = 0
    wall: float = 0.0
    processor: float = 0.0


@dataclass(slots=True)
class _Recorder:
    """The stages of the main thread; the last of `running` is the innermost one."""

    thread: int
    since: tuple[float, float]
    running: list[str] = field(default_factory=list)
    times: dict[str, Times] = field(default_factory=dict)

    def switch(self) -> None:
        """Add the time since the last switch to the innermost stage."""
        now = _now()
        if self.running:
            times = self.times.setdefault(self.running[-1], Times())
            times.wall += now[0] - self.since[0]
            times.processor += now[1] - self.since[1]
        self.since = now


_recorder: _Recorder | None = None


@contextlib.contextmanager
def recorded(first: str) -> Iterator[dict[str, Times]]:
    """Record the stages of this thread; yield their times, which are complete at the end.

    `first` is the stage of everything outside of the others.
    """
    global _recorder
    _recorder = _Recorder(threading.get_ident(), _now())
    try:
        with stage(first):
            yield _recorder.times
    finally:
        _recorder = None


@contextlib.contextmanager
def stage(name: str) -> Iterator[None]:
    """Count the time of the block for a stage, if stages are recorded."""
    recorder = _recorder
    if recorder is None or recorder.thread != threading.get_ident():
        yield
        return
    recorder.switch()
    recorder.running.append(name)
    recorder.times.setdefault(name, Times()).runs += 1
    try:
        yield
    finally:
        recorder.switch()
        recorder.running.pop()


def table(times: dict[str, Times]) -> str:
    """Return a line for each stage, the longest first, and their sum."""
    total = sum(each.wall for each in times.values())
    width = max(map(len, ("stage", "total", *times)))
    lines = [f"{'stage':<{width}}  runs  wall s  share  processor s"]
    for name, each in sorted(times.items(), key=lambda item: -item[1].wall):
        share = f"{each.wall / total:.0%}" if total else ""
        seconds = f"{each.wall:>6.2f}  {share:>5}  {each.processor:>11.2f}"
        lines.append(f"{name:<{width}}  {each.runs:>4}  {seconds}")
    processor = sum(each.processor for each in times.values())
    lines.append(f"{'total':<{width}}  {'':>4}  {total:>6.2f}  {'':>5}  {processor:>11.2f}")
    return "\n".join(lines) + "\n"


def _now() -> tuple[float, float]:
    used = os.times()
    processor = used.user + used.system + used.children_user + used.children_system
    return time.monotonic(), processor
