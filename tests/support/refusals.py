"""Send requests that AWS refuses, and compare the answers and the state."""

from __future__ import annotations

from typing import Any

from catalog_platform.local.state import Embedded
from support.emulator_snapshot import Snapshots
from support.request_fuzzing import Sender


def refused(
    embedded: Embedded, service: str, cases: list[tuple[str, dict[str, Any], str, str]]
) -> list[str]:
    """Send each request; return a line per request that was answered wrongly or left a change."""
    sender, snapshots = Sender(embedded), Snapshots(embedded)
    before, wrong = snapshots.of(service), []
    for operation, parameters, code, page in cases:
        answer = sender.send(service, operation, parameters)
        shown = f"{operation} {str(parameters)[:200]}: {answer.status} {answer.body[:200]} ({page})"
        if answer.code != code or not 400 <= answer.status < 500:
            wrong.append(f"{code} expected: {shown}")
        if snapshots.of(service) != before:
            wrong.append(f"changed the state: {shown}")
            before = snapshots.of(service)
    return wrong
