"""`python benchmarks/memory.py [WORD…]`: measure the peak memory of the processor per input.

Each input runs in a process of its own. With words, only inputs whose name contains one of them
run. The processor must stay below 60 % of the smallest `processor.memory_mb` a manifest may set.
"""

from __future__ import annotations

import sys

from comparison.harness import batches, harness
from support.bombs import BATCHES

SMALLEST_MIB = 256
LIMIT_MIB = 0.6 * SMALLEST_MIB


def main() -> int:
    """Print the table; return 1 if an input needs more memory than allowed."""
    words = sys.argv[1:]
    chosen = [name for name in BATCHES if not words or any(word in name for word in words)]
    above_limit = 0
    print(f"{'':<45} {'peak':>9} {'total':>10} {'longest':>9} {'invocations':>12}")
    with harness() as comparison:
        idle = comparison.peak_memory(batches(1, 1, 0)[0])["peak"]
        print(f"{'one event':<45} {idle:>5,.0f} MiB", flush=True)
        for name in chosen:
            measured = comparison.peak_memory(BATCHES[name]())
            above_limit += measured["peak"] > LIMIT_MIB
            print(
                f"{name:<45} {measured['peak']:>5,.0f} MiB {measured['seconds']:>8,.1f} s"
                f" {measured['longest']:>7,.1f} s {measured['invocations']:>12,.0f}",
                flush=True,
            )
    print(f"above {LIMIT_MIB:.0f} MiB, 60 % of {SMALLEST_MIB}: {above_limit} of {len(chosen)}")
    return int(above_limit > 0)


if __name__ == "__main__":
    sys.exit(main())
