"""Measure each step from a new interpreter to the end of the second batch.

`startup.py EVENTS`: EVENTS holds two Lambda events, one per line. The result, milliseconds per
step as JSON, is written to file descriptor 3.
"""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from comparison.context import Context


def main() -> None:
    """Run the steps in the order in which a Lambda execution environment runs them."""
    milliseconds: dict[str, float] = {}

    def step(name: str, work: Callable[[], Any]) -> Any:
        began = time.perf_counter()
        result = work()
        milliseconds[name] = 1000 * (time.perf_counter() - began)
        return result

    def imported() -> Any:
        from inventory_processor import handler, wiring

        return handler, wiring

    events = [json.loads(line) for line in Path(sys.argv[1]).read_text().splitlines()]
    handler, wiring = step("imports", imported)
    processor = step("settings, AWS clients", wiring.processor)
    step("secret, connection to PostgreSQL, a query", processor.store.next_stale)
    step("connection to the cache, a command", lambda: processor.cache.write([]))
    for name, event in zip(("first batch", "second batch"), events, strict=True):
        step(name, partial(handler.handle, event, Context()))
    os.write(3, json.dumps(milliseconds).encode())


if __name__ == "__main__":
    main()
