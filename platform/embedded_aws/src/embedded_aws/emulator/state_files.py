"""Which services' states are written, and in which order.

Stacks are stored after the resources that they contain: a stack on disk never has a resource that
a kill has lost. An update of a resource may be on disk without its stack knowing of it.
"""

from __future__ import annotations

import hashlib
import json
import logging
import threading
import time
from collections.abc import Callable, Mapping
from typing import Any

logger = logging.getLogger("state-persistence")

STACKS = "cloudformation"


class StateFiles:
    """Writes states that have changed.

    `write` takes a service and its state as JSON, and raises `OSError`; `default` serialises what
    JSON does not know; after `is_stopped`, nothing is written.
    """

    def __init__(
        self,
        write: Callable[[str, str], None],
        default: Callable[[Any], Any],
        is_stopped: Callable[[], bool],
    ) -> None:
        self._write = write
        self._default = default
        self._is_stopped = is_stopped
        self._reported = ""
        self._stored: dict[str, str] = {}
        self._seconds: dict[str, float] = {}
        self._lock = threading.Lock()
        self._stacks_lock = threading.Lock()

    def seconds(self, name: str) -> float:
        """Return the processor time that serialising a service took last."""
        return self._seconds.get(name, 0.0)

    def store_all(self, states: Mapping[str, Callable[[], Any]]) -> bool:
        """Store all services: stacks as they were before, and only after their resources.

        Return False if the disk does not accept a service.
        """
        with self._stacks_lock:
            stacks = self._serialised(STACKS, states[STACKS])
            others = [name for name in states if name != STACKS]
            stored = [None if self._is_stopped() else self.store(n, states[n]) for n in others]
            if stacks is None or not all(stored):
                return False not in stored
            return self._accepted(STACKS, stacks)

    def store(self, name: str, state: Callable[[], Any]) -> bool | None:
        """Store a service; return False if the disk does not accept it, None if it changes."""
        with self._lock:
            text = self._serialised(name, state)
            return None if text is None else self._accepted(name, text)

    def _serialised(self, name: str, state: Callable[[], Any]) -> str | None:
        """Return a service's state as JSON; None if it changes meanwhile, for the next round."""
        started_at = time.thread_time()
        try:
            return json.dumps(state(), default=self._default)
        except (RuntimeError, TypeError) as error:
            logger.debug("%s: %s", name, error)
            return None
        finally:
            self._seconds[name] = time.thread_time() - started_at

    def _accepted(self, name: str, text: str) -> bool:
        """Write a service's state if it is a new one; return False if the disk refuses."""
        digest = hashlib.sha256(text.encode()).hexdigest()
        if text == "null" or self._stored.get(name) == digest:
            return True
        try:
            self._write(name, text)
        except OSError as error:
            # Log each error once: the log may be on the full disk as well.
            if str(error) != self._reported:
                logger.error("cannot store state: %s", error)
            self._reported = str(error)
            return False
        self._stored[name] = digest
        return True
