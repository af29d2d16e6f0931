"""How long each step takes from an empty interpreter to the second batch, in a process of its own.

`first.py EVENTS`: EVENTS has two Lambda events, one a line. The result, milliseconds by step, goes
to file descriptor 3.
"""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from comparison.context import Context


def main() -> None:
    """Take the steps in the order in which an execution environment takes them."""
    taken: dict[str, float] = {}

    def step(name: str, work: Callable[[], Any]) -> Any:
        began = time.perf_counter()
        found = work()
        taken[name] = 1000 * (time.perf_counter() - began)
        return found

    def imported() -> Any:
        from inventory_processor import handler, wiring

        return handler, wiring

    events = [json.loads(line) for line in Path(sys.argv[1]).read_text().splitlines()]
    handler, wiring = step("imports", imported)
    processor = step("settings, clients of AWS", wiring.processor)
    step("secret, connection to PostgreSQL, a query", processor.store.stale)
    step("connection to the cache, a command", lambda: processor.cache.write([]))
    for name, event in zip(("first batch", "second batch"), events, strict=True):
        step(name, lambda event=event: handler.handle(event, Context()))
    os.write(3, json.dumps(taken).encode())


if __name__ == "__main__":
    main()
