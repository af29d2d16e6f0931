"""`make bench`: records per second of four handlers, and of PostgreSQL alone, in one run.

On a machine with other work, look at the load in the first line: the handler and PostgreSQL want a
processor each, and whoever has to share them loses more than PostgreSQL alone does.
"""

from __future__ import annotations

import os
import statistics
import sys
from collections.abc import Sequence

from comparison.harness import Batch, Pace, Track, batches, track

ROUNDS = 5
# Per contestant: batches to warm up with, and to measure. Slow ones need fewer.
SLOW, FAST = (1, 2), (20, 60)
PEERS = {
    "original, decoding repaired": "comparison.original",
    "original, one client for all": "comparison.hoisted",
    "per record: upsert, cache, object": "comparison.per_record",
}


def main() -> None:
    """Print the table."""
    cpus = os.cpu_count()
    print(f"{cpus} processors, PostgreSQL with fsync, load {os.getloadavg()[0]:.1f} at the start")
    with track() as course:
        for delay in (0.0, 10.0):
            peers(course, delay)
            for size in (100, 500, 1000):
                ours(course, size, delay)


def peers(course: Track, delay: float) -> None:
    """At batch 100, in rounds: each peer and ours; the ratio is the median of those of a round."""
    print(f"\nS3 answers after {delay:g} ms, batches of 100              records/s  ours is")
    skip, count = FAST
    mine = [_mine(course, batches(skip + count, 100, n), skip, delay).rate for n in range(ROUNDS)]
    skip, count = SLOW
    for name, module in PEERS.items():
        given = [batches(skip + count, 100, number) for number in range(ROUNDS)]
        rates = [course.run(module, each, skip, delay).rate for each in given]
        ratio = statistics.median(a / b for a, b in zip(mine, rates, strict=True))
        print(f"  {name:<50} {statistics.median(rates):>9,.0f} {ratio:>7.0f} x", flush=True)
    print(f"  {'ours':<50} {statistics.median(mine):>9,.0f}", flush=True)


def ours(course: Track, size: int, delay: float) -> None:
    """Ours and the limit in turns; the ratio is the median of those of each round."""
    skip, count = FAST[0] * 100 // size + 2, max(FAST[1] * 100 // size, 12)
    paces, limits = [], []
    for number in range(ROUNDS):
        given = batches(skip + count, size, number)
        paces.append(_mine(course, given, skip, delay))
        limits.append(course.limit(given, skip))
    ratios = [pace.rate / limit for pace, limit in zip(paces, limits, strict=True)]
    print(
        f"  batch {size:>5}: ours {statistics.median(pace.rate for pace in paces):>8,.0f}/s,"
        f" PostgreSQL alone {statistics.median(limits):>8,.0f}/s,"
        f" ratio {statistics.median(ratios):.2f} ({min(ratios):.2f} to {max(ratios):.2f}),"
        f" {1e6 * statistics.median(pace.processor_seconds for pace in paces):.0f} µs of the"
        " function's processor per record",
        flush=True,
    )


def _mine(course: Track, given: Sequence[Batch], skip: int, delay: float) -> Pace:
    return course.run("inventory_processor.handler", given, skip, delay)


if __name__ == "__main__":
    sys.exit(main())
