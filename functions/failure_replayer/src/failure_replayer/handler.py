"""The entry point of AWS Lambda; called by `catalogctl replay`, once per portion of the work."""

from __future__ import annotations

import time
from typing import Any

import msgspec

from catalog_runtime.invocation import Context
from catalog_runtime.logs import LOGGER
from failure_replayer import wiring
from failure_replayer.request import Request

# Whoever calls gives up waiting after 30 seconds; the largest object takes some of them.
PORTION_SECONDS = 15.0
# Kept back for the object that is under way when the time is over.
RESERVE_SECONDS = 15.0


def handle(event: object, context: Context) -> dict[str, Any]:
    """Replay what a `Request` asks for and answer with a `Report`.

    Raises `RequestError` for a request that makes no sense, `SettingsError` for a function that is
    not set up.
    """
    request = Request.parse(event)
    remaining = context.get_remaining_time_in_millis() / 1000 - RESERVE_SECONDS
    end = time.monotonic() + min(remaining, PORTION_SECONDS)
    report = wiring.replayer(lambda: time.monotonic() < end).run(request)
    facts = {
        "dry_run": report.dry_run,
        "objects": report.objects,
        "selected": report.selected,
        "replayed": report.replayed,
        "already": report.already,
        "unreadable": report.unreadable,
        "refused": report.refused,
        "missing": report.missing,
        "failure": report.failure,
    }
    LOGGER.info("replayed" if not report.dry_run else "looked", extra={"facts": facts})
    answer: dict[str, Any] = msgspec.to_builtins(report)
    return answer
