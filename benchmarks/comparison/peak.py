"""Runs our handler over one batch until all of it is done, and says how much memory that took.

`peak.py EVENTS`: EVENTS has one Lambda event. The result goes to file descriptor 3.
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
    """Run and report `{"peak": MiB, "seconds": s, "longest": s, "invocations": n}`."""
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
    found = {
        "peak": _peak(),
        "seconds": sum(times),
        "longest": max(times),
        "invocations": len(times),
    }
    os.write(3, json.dumps(found).encode())


def _peak() -> float:
    """`getrusage` would count what the process that started this one had."""
    for line in Path("/proc/self/status").read_text(encoding="utf-8").splitlines():
        if line.startswith("VmHWM:"):
            return int(line.split()[1]) / 1024
    raise RuntimeError("no VmHWM")


if __name__ == "__main__":
    main()
