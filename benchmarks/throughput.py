"""`make bench`: measure records per second of four handlers, and of PostgreSQL alone.

The first line of the output is the load of the machine. A handler and PostgreSQL need a processor
each, so other load slows a handler down more than it slows PostgreSQL alone.
"""

from __future__ import annotations

import os
import statistics
from collections.abc import Sequence

from comparison.harness import Batch, Harness, Throughput, batches, harness

ROUNDS = 5
# Batches to warm up with, and batches to measure: fewer for slow handlers.
SLOW, FAST = (1, 2), (20, 60)
HANDLERS = {
    "original, decoding corrected": "comparison.original",
    "original, one S3 client": "comparison.hoisted",
    "per record: upsert, cache, object": "comparison.per_record",
}


def main() -> None:
    """Print the tables."""
    cpus = os.cpu_count()
    print(f"{cpus} processors, PostgreSQL with fsync, load {os.getloadavg()[0]:.1f} at the start")
    with harness() as comparison:
        for delay in (0.0, 10.0):
            compare_handlers(comparison, delay)
            for size in (100, 500, 1000):
                compare_with_postgresql(comparison, size, delay)


def compare_handlers(comparison: Harness, delay: float) -> None:
    """Compare the processor with the other handlers in batches of 100.

    The ratio is the median of the ratios of the rounds.
    """
    print(f"\nS3 responds after {delay:g} ms, batches of 100             records/s  processor is")
    skip, count = FAST
    processor = [
        _processor(comparison, batches(skip + count, 100, n), skip, delay).rate
        for n in range(ROUNDS)
    ]
    skip, count = SLOW
    for name, module in HANDLERS.items():
        given = [batches(skip + count, 100, number) for number in range(ROUNDS)]
        rates = [comparison.run(module, each, skip, delay).rate for each in given]
        ratio = statistics.median(a / b for a, b in zip(processor, rates, strict=True))
        print(f"  {name:<50} {statistics.median(rates):>9,.0f} {ratio:>7.0f} x", flush=True)
    print(f"  {'inventory_processor':<50} {statistics.median(processor):>9,.0f}", flush=True)


def compare_with_postgresql(comparison: Harness, size: int, delay: float) -> None:
    """Compare the processor with its merge statement run by pgbench, in alternating rounds.

    The ratio is the median of the ratios of the rounds.
    """
    skip, count = FAST[0] * 100 // size + 2, max(FAST[1] * 100 // size, 12)
    rates, cpu_seconds, limits = [], [], []
    for number in range(ROUNDS):
        given = batches(skip + count, size, number)
        measured = _processor(comparison, given, skip, delay)
        rates.append(measured.rate)
        cpu_seconds.append(measured.processor_seconds)
        limits.append(comparison.limit(given, skip))
    ratios = [rate / limit for rate, limit in zip(rates, limits, strict=True)]
    print(
        f"  batch {size:>5}: processor {statistics.median(rates):>8,.0f}/s,"
        f" PostgreSQL alone {statistics.median(limits):>8,.0f}/s,"
        f" ratio {statistics.median(ratios):.2f} ({min(ratios):.2f} to {max(ratios):.2f}),"
        f" {1e6 * statistics.median(cpu_seconds):.0f} µs of the function's CPU time per record",
        flush=True,
    )


def _processor(comparison: Harness, given: Sequence[Batch], skip: int, delay: float) -> Throughput:
    return comparison.run("inventory_processor.handler", given, skip, delay)


if __name__ == "__main__":
    main()
