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

from comparison.context import Context


def main() -> None:
    """Run and report `{"seconds": s, "processor_seconds": s, "failures": n}`."""
    module, events, skip = sys.argv[1], sys.argv[2], int(sys.argv[3])
    handle = importlib.import_module(module).handle
    seconds = processor_seconds = 0.0
    failures = 0
    with Path(events).open(encoding="utf-8") as lines:
        for number, line in enumerate(lines):
            event = json.loads(line)
            began, worked = time.perf_counter(), time.process_time()
            answer = handle(event, Context())
            if number >= skip:
                seconds += time.perf_counter() - began
                processor_seconds += time.process_time() - worked
            failures += bool((answer or {}).get("batchItemFailures"))
    found = {"seconds": seconds, "processor_seconds": processor_seconds, "failures": failures}
    os.write(3, json.dumps(found).encode())


if __name__ == "__main__":
    main()
