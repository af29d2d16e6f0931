"""The emulator's state on disk, a moment after each request, so that a kill loses a moment.

The emulator itself stores its state when it is stopped. Here a service that a request has changed
is stored before the request is answered, as long as that is quick; a thread stores what is slow,
or was changed behind a request's back: the longer a round takes, the longer it rests.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
import logging
import re
import threading
import time
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path
from typing import Any

from ministack import app
from ministack.core import persistence
from ministack.services import cloudformation

from catalog_platform.local.emulator import unstored
from catalog_platform.local.layout import write_private

logger = logging.getLogger("keeper")

EVERY_SECONDS = 0.5
# A round that takes t seconds is followed by 10 t of rest at least.
REST = 10
# Of processor time: how busy the machine is with other things decides nothing here.
QUICK_SECONDS = 0.01
# Requests that change nothing, or only what is on disk already: records and objects.
HARMLESS = ("Get", "List", "Describe", "Receive", "PutRecord", "Invoke", "Batch")
ON_DISK = frozenset({"s3", "logs", "monitoring", "cloudwatch"})
# Work that a request has begun goes on for a while after its answer.
ROUNDS_AFTER_A_REQUEST = 4

INTERRUPTED = {
    # Both let the next deployment begin: the first anew, the second from what there is.
    "CREATE_IN_PROGRESS": "ROLLBACK_COMPLETE",
    "REVIEW_IN_PROGRESS": "REVIEW_IN_PROGRESS",
    "DELETE_IN_PROGRESS": "DELETE_FAILED",
}
REASON = "The embedded AWS ended while this was under way"


class Keeper:
    """The thread, and what it has stored last."""

    def __init__(self) -> None:
        self._failing = False
        self._reported = ""
        self._called = threading.Event()
        self._stop = threading.Event()
        self._stored: dict[str, str] = {}
        self._took: dict[str, float] = {}
        self._lock = threading.Lock()
        self._thread = threading.Thread(target=self._run, name="keeper", daemon=True)

    def install(self) -> None:
        """Notice every request, and mend what a kill has interrupted when state is loaded."""
        keys = {module: key for key, module in app._state_map.items()}
        for name, stock in app.SERVICE_HANDLERS.items():
            key = "" if name in ON_DISK else keys.get(app.SERVICE_REGISTRY[name]["module"], "")
            app.SERVICE_HANDLERS[name] = self._noticed(name, stock, key)
        stock_load = cloudformation.load_persisted_state

        def load(stored: Any) -> None:
            stock_load(stored)
            for stack in cloudformation._stacks._data.values():
                _settle(stack)

        cloudformation.load_persisted_state = load
        # It says at each service that it was stored.
        persistence.logger.setLevel(logging.WARNING)
        self._thread.start()

    def stop(self) -> None:
        """Store nothing more; the emulator's own last word follows."""
        self._stop.set()
        self._called.set()
        self._thread.join(timeout=10)

    def _noticed(
        self, service: str, stock: Callable[..., Awaitable[Any]], key: str
    ) -> Callable[..., Awaitable[Any]]:
        async def handle(
            method: str, path: str, headers: Mapping[str, str], body: bytes, query: Any
        ) -> Any:
            answer = await stock(method, path, headers, body, query)
            is_stored = True
            if key and changing(method, path, headers, body):
                is_stored = await asyncio.to_thread(self._store_if_quick, key)
            if not is_stored and answer[0] < 400:
                answer = unstored.refusal(service, headers)
            self._called.set()
            return answer

        return handle

    def _store_if_quick(self, name: str) -> bool:
        """False when that was tried, and failed."""
        state = app._build_persistence_save_dict().get(name)
        if state is None or self._took.get(name, 0.0) >= QUICK_SECONDS:
            return True
        return self._store(name, state)

    def _run(self) -> None:
        rounds = 0
        while not self._stop.is_set():
            if self._called.is_set():
                self._called.clear()
                rounds = ROUNDS_AFTER_A_REQUEST
            if not rounds:
                self._called.wait()
                continue
            rounds -= 1
            begun = time.thread_time()
            self._failing = False
            for name, state in app._build_persistence_save_dict().items():
                if not self._stop.is_set():
                    self._store(name, state)
            if self._failing:
                rounds += 1
            self._stop.wait(max(EVERY_SECONDS, REST * (time.thread_time() - begun)))

    def _store(self, name: str, state: Callable[[], Any]) -> bool:
        """Store a service; False when the disk does not take it."""
        try:
            self._store_changed(name, state)
        except OSError as error:
            # Once for as long as it lasts; a full log is no better place for it.
            if str(error) != self._reported:
                logger.error("state is not stored for now: %s", error)
            self._reported = str(error)
            return False
        return True

    def _store_changed(self, name: str, state: Callable[[], Any]) -> None:
        with self._lock:
            begun = time.thread_time()
            try:
                found = state()
                text = json.dumps(found, default=persistence._json_default)
            except (RuntimeError, TypeError) as error:
                # It changed while it was read, or cannot be stored: the next round tries again.
                logger.debug("%s: %s", name, error)
                return
            digest = hashlib.sha256(text.encode()).hexdigest()
            if found is not None and self._stored.get(name) != digest:
                self._write(name, text)
                self._stored[name] = digest
            self._took[name] = time.thread_time() - begun

    def _write(self, name: str, text: str) -> None:
        """Replace a service's file, in the form in which the emulator loads it.

        Raises `OSError` where the emulator's own function does not: then what is on disk is still
        what was stored before, and the next round tries again.
        """
        version = persistence._state_format_version(name)
        folder = Path(persistence.STATE_DIR)
        try:
            folder.mkdir(parents=True, exist_ok=True)
            write_private(
                folder / f"{name}.json",
                f'{{"__ministack_format__": {version}, "payload": {text}}}',
            )
        except OSError:
            self._failing = True
            raise


def changing(method: str, path: str, headers: Mapping[str, str], body: bytes) -> bool:
    """Whether a request, in any of AWS's protocols, may change what is not on disk already."""
    if method in ("GET", "HEAD") or path.endswith("/invocations"):
        return False
    action = headers.get("x-amz-target", "").rpartition(".")[2]
    if not action:
        named = re.search(rb"(?:^|&)Action=([A-Za-z]+)", body or b"")
        action = named[1].decode() if named else ""
    return not action.startswith(HARMLESS)


def _settle(stack: dict[str, Any]) -> None:
    status = stack.get("StackStatus", "")
    if status.endswith("_IN_PROGRESS"):
        stack["StackStatus"] = INTERRUPTED.get(status, "UPDATE_FAILED")
        stack["StackStatusReason"] = REASON
