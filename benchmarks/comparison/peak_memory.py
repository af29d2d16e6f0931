"""Measure the peak memory of the processor while it processes one batch completely.

`peak_memory.py EVENTS`: EVENTS holds one Lambda event. The result is written to file descriptor 3.
"""

from __future__ import annotations

import json
import os
import sys
import time
from pathlib import Path

from comparison.context import Context
from inventory_processor.handler import handle


def main() -> None:
    """Process the batch and write `{"peak": MiB, "seconds": s, "longest": s, "invocations": n}`."""
    records = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))["Records"]
    numbers = [record["kinesis"]["sequenceNumber"] for record in records]
    begin = 0
    times = []
    while begin < len(records):
        began = time.perf_counter()
        failures = handle({"Records": records[begin:]}, Context())["batchItemFailures"]
        times.append(time.perf_counter() - began)
        resume = numbers.index(failures[0]["itemIdentifier"]) if failures else len(records)
        if resume == begin:
            raise RuntimeError("the batch makes no progress")
        begin = resume
    result = {
        "peak": _peak(),
        "seconds": sum(times),
        "longest": max(times),
        "invocations": len(times),
    }
    os.write(3, json.dumps(result).encode())


def _peak() -> float:
    """Return VmHWM in MiB; `getrusage` would include the memory of the parent process."""
    for line in Path("/proc/self/status").read_text(encoding="utf-8").splitlines():
        if line.startswith("VmHWM:"):
            return int(line.split()[1]) / 1024
    raise RuntimeError("/proc/self/status has no line VmHWM")


if __name__ == "__main__":
    main()
