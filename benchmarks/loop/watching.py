"""Measure `catalogctl watch`: from the save of a manifest to the end of the answer."""

from __future__ import annotations

import os
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager

import psutil

from loop.cases import CATALOGCTL
from loop.measure import Run
from loop.repository import Repository

END = "waiting for the next save"


class Watching:
    """A running `catalogctl watch` that has answered once."""

    def __init__(self, repository: Repository, child: subprocess.Popen[str]) -> None:
        self._repository = repository
        self._child = child
        self._process = psutil.Process(child.pid)
        self._answer()

    def save(self, number: int) -> Run:
        """Edit one environment, and wait for the answer."""
        before = self._processor()
        self._repository.edit(self._repository.names[0], number)
        started = time.monotonic()
        self._answer()
        wall = time.monotonic() - started
        return Run(wall, self._processor() - before, self._megabytes())

    def _answer(self) -> None:
        assert self._child.stdout is not None
        for line in self._child.stdout:
            if END in line:
                return
        raise RuntimeError("catalogctl watch ended")

    def _processor(self) -> float:
        every = (self._process, *self._process.children(recursive=True))
        return sum(sum(each.cpu_times()[:2]) for each in every)

    def _megabytes(self) -> float:
        every = (self._process, *self._process.children(recursive=True))
        return sum(each.memory_info().rss for each in every) / 1e6


@contextmanager
def watching(repository: Repository) -> Iterator[Watching]:
    """Start it on a repository; stop it at the end."""
    environment = {name: value for name, value in os.environ.items() if name in ("HOME", "PATH")}
    child = subprocess.Popen(
        [str(CATALOGCTL), "-q", "watch", "--base", "HEAD"],
        cwd=repository.root,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    try:
        yield Watching(repository, child)
    finally:
        child.terminate()
        child.wait()
