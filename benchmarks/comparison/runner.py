"""Measure one handler over a file of batches.

`runner.py MODULE EVENTS SKIP`: EVENTS holds one Lambda event per line; the first SKIP events warm
up and are not measured. The output of the handler is discarded; the result is written to file
descriptor 3.
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
    """Run the handler and write `{"seconds": s, "processor_seconds": s, "failures": n}`."""
    module, events, skip = sys.argv[1], sys.argv[2], int(sys.argv[3])
    handle = importlib.import_module(module).handle
    seconds = processor_seconds = 0.0
    failures = 0
    with Path(events).open(encoding="utf-8") as lines:
        for number, line in enumerate(lines):
            event = json.loads(line)
            began, worked = time.perf_counter(), time.process_time()
            response = handle(event, Context())
            if number >= skip:
                seconds += time.perf_counter() - began
                processor_seconds += time.process_time() - worked
            failures += bool((response or {}).get("batchItemFailures"))
    result = {"seconds": seconds, "processor_seconds": processor_seconds, "failures": failures}
    os.write(3, json.dumps(result).encode())


if __name__ == "__main__":
    main()
