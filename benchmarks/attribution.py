"""`python benchmarks/attribution.py`: are the causes right that the plan names, and at what cost?

Random changes of 2 to 10 keys of the large test manifest, with a fixed seed. Every row is checked
without the code that named its causes: they alone must reproduce it byte for byte, and none of them
may be superfluous. The exit code is 1 if fewer than 100 % or 95 % of the rows hold.
"""

from __future__ import annotations

import argparse
import multiprocessing
import os
import statistics
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from support.attribution_study import Figures, random_changes, study

LEAST_MINIMAL = 0.95
# The CDK's process grows by about 2 MB with each stack.
CHANGES_PER_PROCESS = 4


def main() -> int:
    """Study all changes; print a line for each, and the figures of all."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--changes", type=int, default=60)
    parser.add_argument("--seed", type=int, default=20_261_126)
    parser.add_argument("--processes", type=int, default=1)
    options = parser.parse_args()
    print(f"{os.cpu_count()} processors, load {os.getloadavg()[0]:.1f} at the start")
    started = time.monotonic()
    changes = [*random_changes(options.seed, options.changes)]
    found: list[Figures] = []
    # `ProcessPoolExecutor` can stop responding when it replaces a process.
    # https://github.com/python/cpython/issues/115634
    with multiprocessing.get_context("spawn").Pool(
        options.processes, maxtasksperchild=CHANGES_PER_PROCESS
    ) as pool:
        for change, figures in zip(changes, pool.imap(_study, changes), strict=True):
            found.append(figures)
            print(
                f"{len(found):>3}: {figures.keys} keys, {figures.rows} rows, {figures.reproduced}"
                f" reproduced, {figures.minimal} minimal, {figures.evaluations} evaluations,"
                f" {figures.seconds:.1f} s: {', '.join(change)}",
                *(f"  WRONG {each}" for each in figures.wrong),
                sep="\n",
                flush=True,
            )
    print(f"{time.monotonic() - started:.0f} s in all")
    return _summary(found)


def _study(change: dict[str, Any]) -> Figures:
    with tempfile.TemporaryDirectory(prefix="attribution-") as folder:
        return study(change, Path(folder) / "study")


def _summary(found: list[Figures]) -> int:
    rows, reproduced, minimal = (
        sum(getattr(each, name) for each in found) for name in ("rows", "reproduced", "minimal")
    )
    print(f"{len(found)} changes, {rows} rows")
    print(f"reproduced by their causes alone: {reproduced} of {rows}, {reproduced / rows:.1%}")
    print(f"without a superfluous cause: {minimal} of {rows}, {minimal / rows:.1%}")
    for name in ("evaluations", "seconds"):
        values = [getattr(each, name) for each in found]
        print(f"{name} per change: median {statistics.median(values):.1f}, most {max(values):.1f}")
    return 0 if reproduced == rows and minimal >= LEAST_MINIMAL * rows else 1


if __name__ == "__main__":
    sys.exit(main())
