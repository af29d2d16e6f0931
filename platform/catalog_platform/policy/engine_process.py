"""The engines in a process of their own, which loads them while this one synthesises.

Loading takes most of a second. The process is warm afterwards: `watch` keeps it.
"""

from __future__ import annotations

import contextlib
import gc
import os
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import msgspec

from catalog_platform import process
from catalog_platform.policy import assembly as assemblies
from catalog_platform.policy import engines, parallel_engines
from catalog_platform.policy.assembly import StackTemplate
from catalog_platform.policy.engines import EngineRun
from catalog_platform.policy.isolation import isolated

TIMEOUT_SECONDS = 600


class _Request(msgspec.Struct):
    assembly: str
    environments: list[str]
    checks: str


class EngineProcess:
    """Runs the engines like `engines.run`; `stop` it at the end."""

    def __init__(self) -> None:
        self._worker: process.Worker | None = None

    def start(self) -> process.Worker:
        """Start the process if it isn't running; return it without waiting for its engines.

        Raises `ToolError` if that fails.
        """
        if self._worker is None:
            # -I would hide an editable installation; its variables are a program's anyway.
            self._worker = process.Worker([sys.executable, "-m", __name__])
        return self._worker

    def __call__(self, assembly: Path, stacks: Sequence[StackTemplate], checks: Path) -> EngineRun:
        """Scan the stacks; start the process first if need be.

        Raises `ToolError` when the process cannot be started, ends, or needs too long.
        """
        request = _Request(
            str(assembly.resolve()), [each.environment for each in stacks], str(checks.resolve())
        )
        answer = self.start().ask(msgspec.json.encode(request), timeout=TIMEOUT_SECONDS)
        return msgspec.json.decode(answer, type=EngineRun, dec_hook=_decode)

    def stop(self) -> None:
        """Stop the process, if it was started."""
        if self._worker is not None:
            self._worker.stop()
            self._worker = None


@contextlib.contextmanager
def started(*, ahead: bool = True) -> Iterator[EngineProcess]:
    """Yield the process, and stop it at the end, even while it loads the engines.

    It is started `ahead`, or by the first scan: with a `VerdictCache`, there may be none. Raises
    `ToolError` if it cannot be started.
    """
    running = EngineProcess()
    try:
        if ahead:
            running.start()
        yield running
    finally:
        running.stop()


def main() -> None:
    """Load the engines, then answer each request on stdin with a line on stdout."""
    # checkov prints: only answers may go to the real standard output.
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    # Modules and templates stay as long as they are used. To look for garbage among them again and
    # again takes a quarter of the time of loading, and a fifth of the time of a scan.
    gc.disable()
    with isolated():
        engines.load()
    gc.freeze()
    for line in sys.stdin.buffer:
        request = msgspec.json.decode(line, type=_Request)
        assembly = Path(request.assembly)
        stacks, _ = assemblies.read(assembly, request.environments)
        found = parallel_engines.run(assembly, stacks, Path(request.checks))
        answers.write(msgspec.json.encode(found, enc_hook=_encode) + b"\n")
        answers.flush()
        # No scan waits for the process now.
        gc.collect()


def _encode(value: Any) -> Any:
    if isinstance(value, Path):
        return str(value)
    raise TypeError(f"{type(value)} is not part of an answer")


def _decode(kind: type, value: Any) -> Any:
    if kind is Path:
        return Path(value)
    raise TypeError(f"{kind} is not part of an answer")


if __name__ == "__main__":
    main()
