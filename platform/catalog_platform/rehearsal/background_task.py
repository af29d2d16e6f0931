"""Something that goes on beside a deployment, on a thread of its own, until the deployment ends."""

from __future__ import annotations

import threading
from types import TracebackType
from typing import Self


class BackgroundTask:
    """Runs `_run` for the length of a `with` block; `_stop` is set when it has to end."""

    def __init__(self) -> None:
        self._stop = threading.Event()
        name = type(self).__name__.lower()
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)

    def __enter__(self) -> Self:
        """Begin."""
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        where: TracebackType | None,
    ) -> None:
        """End, once what is under way is done."""
        self._stop.set()
        self._thread.join()

    def _run(self) -> None:
        raise NotImplementedError
