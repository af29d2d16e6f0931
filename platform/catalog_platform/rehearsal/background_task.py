"""A background task that runs in a thread until a deployment ends."""

from __future__ import annotations

import threading
from types import TracebackType
from typing import Self


class BackgroundTask:
    """Run `_run` in a thread during a `with` block; `_stop` is set when the block ends."""

    def __init__(self) -> None:
        self._stop = threading.Event()
        name = type(self).__name__.lower()
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)

    def __enter__(self) -> Self:
        """Start the thread."""
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        where: TracebackType | None,
    ) -> None:
        """Ask the thread to stop, and wait for it."""
        self._stop.set()
        self._thread.join()

    def _run(self) -> None:
        raise NotImplementedError
