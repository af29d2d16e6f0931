"""Runs one handler over a file of batches and prints how long each took.

`runner.py MODULE EVENTS SKIP`: EVENTS has one Lambda event per line; the first SKIP of them warm
up. What the handler prints is thrown away; the result goes to file descriptor 3.
"""

from __future__ import annotations

import importlib
import json
import os
import sys
import time
from pathlib import Path


class Context:
    """An invocation that never runs out of time."""

    def get_remaining_time_in_millis(self) -> int:
        """A minute."""
        return 60_000


def main() -> None:
    """Run and report `{"seconds": [...], "failures": n}`."""
    module, events, skip = sys.argv[1], sys.argv[2], int(sys.argv[3])
    handle = importlib.import_module(module).handle
    seconds, failures = [], 0
    with Path(events).open(encoding="utf-8") as lines:
        for number, line in enumerate(lines):
            event = json.loads(line)
            began = time.perf_counter()
            answer = handle(event, Context())
            if number >= skip:
                seconds.append(time.perf_counter() - began)
            failures += bool((answer or {}).get("batchItemFailures"))
    os.write(3, json.dumps({"seconds": seconds, "failures": failures}).encode())


if __name__ == "__main__":
    main()
