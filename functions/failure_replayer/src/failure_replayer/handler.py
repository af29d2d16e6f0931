"""Entry point of the Lambda function; `catalogctl replay` invokes it once per portion."""

from __future__ import annotations

import time
from typing import Any

import msgspec

from catalog_runtime.invocation import Context
from catalog_runtime.logs import LOGGER
from failure_replayer import wiring
from failure_replayer.request import Request

# The caller's timeout is 30 seconds, of which the largest object takes some.
PORTION_SECONDS = 15.0
# Reserved for the object in progress when the portion's time ends.
RESERVE_SECONDS = 15.0


def handle(event: object, context: Context) -> dict[str, Any]:
    """Replay the dead letters that a `Request` selects and return a `Report`.

    Raises `RequestError` for an invalid request, `SettingsError` for invalid environment variables.
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
