"""`make bench`: records per second of four handlers, and of PostgreSQL alone, in one run.

On a machine with other work, look at the load in the first line: the handler and PostgreSQL want a
processor each, and whoever has to share them loses more than PostgreSQL alone does.
"""

from __future__ import annotations

import os
import statistics
import sys

from race.track import Track, batches, track

ROUNDS = 5
# Per contestant: batches to warm up with, and to measure. Slow ones need fewer.
SLOW, FAST = (1, 2), (20, 60)
PEERS = {
    "original, decoding repaired": "race.original",
    "original, one client for all": "race.hoisted",
    "per record: upsert, cache, object": "race.per_record",
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
    """At batch 100, each peer once after a warm-up, and ours for the ratio."""
    print(f"\nS3 answers after {delay:g} ms, batches of 100              records/s  ours is")
    skip, count = FAST
    mine = course.run("inventory_processor.handler", batches(skip + count, 100, 1), skip, delay)
    skip, count = SLOW
    given = batches(skip + count, 100, 1)
    for name, module in PEERS.items():
        rate = statistics.median(course.run(module, given, skip, delay) for _ in range(3))
        print(f"  {name:<50} {rate:>9,.0f} {mine / rate:>7.0f} x", flush=True)
    print(f"  {'ours':<50} {mine:>9,.0f}", flush=True)


def ours(course: Track, size: int, delay: float) -> None:
    """Ours and the limit in turns; the ratio is the median of those of each round."""
    skip, count = FAST[0] * 100 // size + 2, max(FAST[1] * 100 // size, 12)
    rates, limits = [], []
    ratios: list[float] = []
    for number in range(ROUNDS):
        given = batches(skip + count, size, number)
        rates.append(course.run("inventory_processor.handler", given, skip, delay))
        limits.append(course.limit(given, skip))
        ratios.append(rates[-1] / limits[-1])
    print(
        f"  batch {size:>5}: ours {statistics.median(rates):>8,.0f}/s, PostgreSQL alone"
        f" {statistics.median(limits):>8,.0f}/s, ratio {statistics.median(ratios):.2f}"
        f" ({min(ratios):.2f} to {max(ratios):.2f})",
        flush=True,
    )


if __name__ == "__main__":
    sys.exit(main())
