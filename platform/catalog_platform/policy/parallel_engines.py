"""Run the engines on several templates at once, on all processors.

The processes are forked from one that has loaded the engines, so they load nothing, share its
memory (50 MB more for each), and start at once. It must have no other threads.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from functools import partial
from pathlib import Path

from catalog_platform.policy import engines
from catalog_platform.policy.assembly import StackTemplate
from catalog_platform.policy.engines import EngineRun

MOST_PROCESSES = 8


def run(assembly: Path, stacks: Sequence[StackTemplate], checks: Path) -> EngineRun:
    """Return the same as `engines.run`, which must have loaded the engines."""
    # On macOS, its own libraries may have threads, which a fork breaks.
    processors = len(os.sched_getaffinity(0)) if sys.platform == "linux" else 1
    count = min(processors, len(stacks), MOST_PROCESSES)
    if count < 2:
        return engines.run(assembly, stacks, checks)
    # Imported here, because most scans have one stack.
    import multiprocessing
    from concurrent.futures import ProcessPoolExecutor

    groups = [
        stacks[len(stacks) * n // count : len(stacks) * (n + 1) // count] for n in range(count)
    ]
    context = multiprocessing.get_context("fork")
    with ProcessPoolExecutor(count, mp_context=context) as executor:
        first, *others = executor.map(partial(_run, assembly, checks), groups)
    known = set(first.problems)
    for other in others:
        first.scans.update(other.scans)
        # Those of policies are in each, those that checkov has logged in some.
        first.problems.extend(each for each in other.problems if each not in known)
        known.update(other.problems)
    return first


def _run(assembly: Path, checks: Path, stacks: Sequence[StackTemplate]) -> EngineRun:
    return engines.run(assembly, stacks, checks)
