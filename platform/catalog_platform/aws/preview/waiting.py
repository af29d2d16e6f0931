"""Wait, for a limited time, until AWS has finished something."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from catalog_platform.aws.session import Session
from catalog_platform.errors import PlatformError

POLL_SECONDS = 2.0
LOCAL_POLL_SECONDS = 0.1


def wait_for(
    session: Session,
    read: Callable[[], dict[str, Any]],
    is_done: Callable[[dict[str, Any]], bool],
    *,
    seconds: float,
    subject: str,
) -> dict[str, Any]:
    """Return the first answer of `read` for which `is_done` is true.

    Raises `PlatformError` after `seconds`, and what `read` raises.
    """
    deadline = time.monotonic() + seconds
    while True:
        answer = read()
        if is_done(answer):
            return answer
        if time.monotonic() >= deadline:
            raise PlatformError(f"{subject}: not finished after {seconds:g} seconds")
        time.sleep(LOCAL_POLL_SECONDS if session.on_this_machine else POLL_SECONDS)
