"""Scans that run while their result isn't needed yet, for example beside a comparison."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

from catalog_platform.policy import assembly as assemblies
from catalog_platform.policy.assembly import StackTemplate
from catalog_platform.policy.engines import EngineRun, Engines

THREAD = "begun-scan"


class BegunScans:
    """Engines whose scan of an assembly can begin earlier, in a thread that waits for `run`.

    `run` should work in another process: this one does something else meanwhile. `close` it at the
    end.
    """

    def __init__(self, run: Engines) -> None:
        self._run = run
        self._pool = ThreadPoolExecutor(1, thread_name_prefix=THREAD)
        self._begun: dict[Path, Future[EngineRun]] = {}

    def begin(self, assembly: Path, names: Sequence[str], checks: Path) -> None:
        """Begin to scan the stacks of some environments."""
        stacks, _ = assemblies.read(assembly, names)
        self._begun[assembly] = self._pool.submit(self._run, assembly, stacks, checks)

    def __call__(self, assembly: Path, stacks: Sequence[StackTemplate], checks: Path) -> EngineRun:
        """Return the result of the scan that was begun; scan now if none was.

        Raises what `run` raises.
        """
        begun = self._begun.get(assembly)
        if begun is None:
            return self._run(assembly, stacks, checks)
        found = begun.result()
        del self._begun[assembly]
        return found

    @property
    def is_complete(self) -> bool:
        """Return whether every scan that was begun has succeeded, and its result was taken."""
        return not self._begun

    def close(self) -> None:
        """Wait until nothing runs any more."""
        self._pool.shutdown(cancel_futures=True)
