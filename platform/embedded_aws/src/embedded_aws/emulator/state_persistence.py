"""Store the emulator's state shortly after each request, so that it survives a kill.

The emulator stores its state only at shutdown. Here, a service that a request has changed is stored
before the response is sent, if that is fast. A background thread stores slow services and changes
that happen after the response; its pauses grow with the duration of a round.
"""

from __future__ import annotations

import asyncio
import logging
import re
import threading
import time
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path
from typing import Any

from ministack import app
from ministack.core import persistence
from ministack.services import cloudformation, s3

from embedded_aws.emulator import storage_failures
from embedded_aws.emulator.cloudformation.statuses import after_interruption
from embedded_aws.emulator.state_files import STACKS, StateFiles
from embedded_aws.servers.layout import write_private

logger = logging.getLogger("state-persistence")

INTERVAL_SECONDS = 0.5
# A round of t seconds is followed by a pause of at least 10 t.
PAUSE_FACTOR = 10
# Processor time, so that it does not depend on the load of the machine.
SYNCHRONOUS_SECONDS = 0.01
# Prefixes of actions that change nothing, or only what is on disk already.
UNSTORED_ACTIONS = (
    *("Get", "List", "Describe", "Receive", "PutRecord", "Invoke", "Batch"),
    *("PutLogEvents", "PutMetricData"),
)
S3 = "s3"
# Background work of a request may go on after its response.
ROUNDS_AFTER_A_REQUEST = 4

REASON = "The embedded AWS ended during this operation"


class StatePersistence:
    """The background thread."""

    def __init__(self) -> None:
        self._failing = False
        self._request_seen = threading.Event()
        self._stop = threading.Event()
        self._files = StateFiles(self._write, persistence._json_default, self._stop.is_set)
        self._thread = threading.Thread(target=self._run, name="state-persistence", daemon=True)

    def install(self) -> None:
        """Wrap all request handlers, and fail interrupted deployments when state is loaded."""
        keys = {module: key for key, module in app._state_map.items()}
        for name, original in app.SERVICE_HANDLERS.items():
            key = keys.get(app.SERVICE_REGISTRY[name]["module"], "")
            if name != S3:
                app.SERVICE_HANDLERS[name] = self._storing_after(name, original, key)
        # The table's handler of S3 calls this one, as do requests that name a bucket in their host.
        s3.handle_request = self._storing_after(S3, s3.handle_request, S3)
        original_load = cloudformation.load_persisted_state

        def load(stored: Any) -> None:
            original_load(stored)
            for stack in cloudformation._stacks._data.values():
                _fail_interrupted(stack)

        cloudformation.load_persisted_state = load
        # It logs every stored service.
        persistence.logger.setLevel(logging.WARNING)
        self._thread.start()

    def stop(self) -> None:
        """Stop storing; the emulator stores its final state afterwards."""
        self._stop.set()
        self._request_seen.set()
        self._thread.join(timeout=10)

    def _storing_after(
        self, service: str, original: Callable[..., Awaitable[Any]], key: str
    ) -> Callable[..., Awaitable[Any]]:
        async def handle(
            method: str,
            path: str,
            headers: Mapping[str, str],
            body: bytes,
            query: Any,
            **options: Any,
        ) -> Any:
            answer = await original(method, path, headers, body, query, **options)
            is_stored = True
            may_change = service != S3 or is_of_a_bucket(path)
            if key and may_change and may_change_state(method, path, headers, body):
                is_stored = await asyncio.to_thread(self._store_if_quick, key)
            if not is_stored and answer[0] < 400:
                answer = storage_failures.refusal(service, headers)
            self._request_seen.set()
            return answer

        return handle

    def _store_if_quick(self, name: str) -> bool:
        """Store a service if that is fast; return False if the disk does not accept it."""
        states = app._build_persistence_save_dict()
        if name not in states or self._files.seconds(name) >= SYNCHRONOUS_SECONDS:
            return True
        if name == STACKS:
            return self._files.store_all(states)
        return self._files.store(name, states[name]) is not False

    def _run(self) -> None:
        rounds = 0
        while not self._stop.is_set():
            if self._request_seen.is_set():
                self._request_seen.clear()
                rounds = ROUNDS_AFTER_A_REQUEST
            if not rounds:
                self._request_seen.wait()
                continue
            rounds -= 1
            started_at = time.thread_time()
            self._failing = False
            self._files.store_all(app._build_persistence_save_dict())
            if self._failing:
                rounds += 1
            self._stop.wait(max(INTERVAL_SECONDS, PAUSE_FACTOR * (time.thread_time() - started_at)))

    def _write(self, name: str, text: str) -> None:
        """Replace a service's file in the format that the emulator loads.

        Raises `OSError`, unlike the emulator's own function: the file keeps its previous content,
        and the next round tries again.
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


def may_change_state(method: str, path: str, headers: Mapping[str, str], body: bytes) -> bool:
    """Return whether a request, in any AWS protocol, may change state that is not yet on disk."""
    if method in ("GET", "HEAD") or path.endswith("/invocations"):
        return False
    action = headers.get("x-amz-target", "").rpartition(".")[2]
    # https://smithy.io/2.0/additional-specs/protocols/smithy-rpc-v2.html
    action = action or path.rpartition("/operation/")[2]
    if "/" in action or not action:
        named = re.search(rb"(?:^|&)Action=([A-Za-z]+)", body or b"")
        action = named[1].decode() if named else ""
    return not action.startswith(UNSTORED_ACTIONS)


def is_of_a_bucket(path: str) -> bool:
    """Return whether a request to S3 is about a bucket; objects have files of their own."""
    return "/" not in path.strip("/")


def _fail_interrupted(stack: dict[str, Any]) -> None:
    status = stack.get("StackStatus", "")
    if status.endswith("_IN_PROGRESS"):
        stack["StackStatus"] = after_interruption(status)
        stack["StackStatusReason"] = REASON
