"""`python benchmarks/memory.py [WORD…]`: peak memory of the processor, one process per input.

Only inputs whose name has one of the words are run; without words, all. The processor must stay
below 60 % of the smallest memory that a manifest may give it.
"""

from __future__ import annotations

import sys

from comparison.harness import batches, track
from support.bombs import BATCHES

SMALLEST_MIB = 256
ALLOWED = 0.6 * SMALLEST_MIB


def main() -> int:
    """Print the table; 1 when any input takes more than is allowed."""
    words = sys.argv[1:]
    chosen = [name for name in BATCHES if not words or any(word in name for word in words)]
    too_much = 0
    print(f"{'':<45} {'peak':>9} {'all of it':>10} {'longest':>9} {'invocations':>12}")
    with track() as course:
        idle = course.peak(batches(1, 1, 0)[0])["peak"]
        print(f"{'one event':<45} {idle:>5,.0f} MiB", flush=True)
        for name in chosen:
            found = course.peak(BATCHES[name]())
            too_much += found["peak"] > ALLOWED
            print(
                f"{name:<45} {found['peak']:>5,.0f} MiB {found['seconds']:>8,.1f} s"
                f" {found['longest']:>7,.1f} s {found['invocations']:>12,.0f}",
                flush=True,
            )
    print(f"above {ALLOWED:.0f} MiB, 60 % of {SMALLEST_MIB}: {too_much} of {len(chosen)}")
    return int(too_much > 0)


if __name__ == "__main__":
    sys.exit(main())
