"""The CDK in a process of its own, which is replaced before it has grown too large.

jsii keeps every object of every synthesis, about 2 MB each time, so a process that synthesises all
day would fill the memory.
"""

from __future__ import annotations

import dataclasses
import os
import sys
import tempfile
import threading
from pathlib import Path

import msgspec

from catalog_platform import process
from catalog_platform.bundle import Bundles
from catalog_platform.errors import PlatformError, ToolError
from catalog_platform.model import Manifest
from catalog_platform.pipeline.synth import InThisProcess, Stacks
from catalog_platform.stages import stage

TIMEOUT_SECONDS = 600
# After so many, a new process takes over. It then has about 200 MB more than at its start.
SYNTHESES = 100
# Node.js removes its temporary folder when it ends by itself.
GRACE_SECONDS = 2.0


class _Request(msgspec.Struct, frozen=True):
    """What to synthesise; the bundles are files by the name of their function."""

    environments: dict[str, tuple[Manifest, dict[str, str]]]
    out: str


class _Answer(msgspec.Struct, frozen=True):
    """What went wrong; empty if nothing did."""

    message: str = ""
    hint: str = ""


class SynthesisProcess:
    """Synthesises like `InThisProcess`; `renew` it between answers, `stop` it at the end."""

    def __init__(self, most: int = SYNTHESES) -> None:
        """Let a process synthesise about `most` times."""
        self._most = most
        self._lock = threading.Lock()
        self._worker: process.Worker | None = None
        self._successor: process.Worker | None = None
        self._count = 0
        self._last = _Request({}, "")

    def prepare(self) -> None:
        """Start the process if it isn't running; it loads the CDK. Raises `ToolError`."""
        with self._lock:
            self._started()

    def __call__(self, environments: Stacks, out: Path) -> Path:
        """Write an assembly; see `Synthesis`.

        Raises `ToolError` when the process ends, or needs too long.
        """
        request = _Request(
            {
                name: (manifest, {key: str(path) for key, path in _paths(bundles).items()})
                for name, (manifest, bundles) in environments.items()
            },
            str(out),
        )
        with stage("synthesise"), self._lock:
            self._count += 1
            self._last = request
            try:
                answer = _asked(self._started(), request)
            except ToolError:
                self._stop_worker()
                raise
        if answer.message:
            raise PlatformError(answer.message, hint=answer.hint)
        return out

    def renew(self) -> None:
        """Begin to replace the process if it has synthesised too often; don't wait for it."""
        if self._count >= self._most and self._successor is None:
            self._successor = _worker()
            threading.Thread(target=self._replace, args=[self._successor], daemon=True).start()

    def stop(self) -> None:
        """Stop the process, and the one that is to replace it."""
        if (successor := self._successor) is not None:
            successor.stop(grace=GRACE_SECONDS)
        with self._lock:
            self._stop_worker()

    def _replace(self, successor: process.Worker) -> None:
        """Let the successor repeat the last synthesis, after which it is as fast as the other."""
        with tempfile.TemporaryDirectory(prefix="catalogctl-warm-") as folder:
            out = str(Path(folder) / "assembly")
            try:
                _asked(successor, msgspec.structs.replace(self._last, out=out))
            except ToolError:  # also when it is stopped; otherwise the next `renew` tries again
                successor.stop()
                self._successor = None
                return
        with self._lock:
            former, self._worker = self._worker, successor
            self._successor, self._count = None, 0
        if former is not None:
            former.stop(grace=GRACE_SECONDS)

    def _started(self) -> process.Worker:
        if self._worker is None:
            self._worker = _worker()
        return self._worker

    def _stop_worker(self) -> None:
        if self._worker is not None:
            self._worker.stop(grace=GRACE_SECONDS)
            self._worker = None


def _worker() -> process.Worker:
    # -I would hide an editable installation; its variables are a program's anyway.
    return process.Worker([sys.executable, "-m", __name__])


def _asked(worker: process.Worker, request: _Request) -> _Answer:
    answer = worker.ask(msgspec.json.encode(request), timeout=TIMEOUT_SECONDS)
    return msgspec.json.decode(answer, type=_Answer)


def _paths(bundles: Bundles) -> dict[str, Path]:
    return {each.name: getattr(bundles, each.name) for each in dataclasses.fields(bundles)}


def main() -> None:
    """Load the CDK, then answer each request on stdin with a line on stdout."""
    # Only answers may go to the real standard output.
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    synthesise = InThisProcess()
    synthesise.prepare()
    for line in sys.stdin.buffer:
        request = msgspec.json.decode(line, type=_Request)
        answer = _Answer()
        try:
            environments = {
                name: (manifest, Bundles(**{key: Path(path) for key, path in paths.items()}))
                for name, (manifest, paths) in request.environments.items()
            }
            synthesise(environments, Path(request.out))
        except PlatformError as error:
            answer = _Answer(error.message, error.hint or "")
        answers.write(msgspec.json.encode(answer) + b"\n")
        answers.flush()


if __name__ == "__main__":
    main()
