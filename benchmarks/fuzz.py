"""Fuzz the manifest pipeline with generated inputs.

Every input has a number, so a failing one can be repeated: `--first 4711 --count 1`. The exit code
is 1 if an input crashes, takes longer than a second, or gives neither findings nor a model.
"""

from __future__ import annotations

import argparse
import resource
import sys
import tempfile
import time
import traceback
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

from rich.console import Console

from catalog_platform import report
from catalog_platform.findings import has_errors
from catalog_platform.manifest import Manifests
from catalog_platform.terminal.progress import Progress
from catalog_platform.workspace import Workspace
from support.fuzzing import inputs
from support.manifests import FIXTURES, a_repository

MAX_SECONDS = 1.0  # of processor time, for one input
MAX_MEGABYTES = 500
NEIGHBOUR = (FIXTURES / "neighbour.yaml").read_text()


@dataclass
class Tally:
    """Outcomes of the inputs."""

    outcomes: Counter[str] = field(default_factory=Counter)
    rules: Counter[str] = field(default_factory=Counter)
    slowest: tuple[float, int] = (0.0, 0)
    failures: list[str] = field(default_factory=list)


def feed(seed: int, content: bytes, file: Path, workspace: Workspace, tally: Tally) -> None:
    """Check one input as `catalogctl validate` does, and record the outcome."""
    file.write_bytes(content)
    started = time.process_time()
    try:
        manifests = Manifests(workspace)
        valid, found = manifests.check(["sample"])
        for name in ("text", "sarif"):
            report.render(found, name, manifests)
    except Exception:
        tally.outcomes["crashes"] += 1
        tally.failures.append(f"input {seed}:\n{traceback.format_exc()}")
        return
    took = time.process_time() - started
    tally.slowest = max(tally.slowest, (took, seed))
    tally.rules.update({finding.rule for finding in found})
    if took > MAX_SECONDS:
        tally.failures.append(f"input {seed} took {took:.2f} s")
    if has_errors(found) == ("sample" in valid):
        tally.failures.append(f"input {seed} gave neither findings nor a model, or both")
    tally.outcomes["models" if valid else "findings"] += 1


def main() -> int:
    """Run the inputs and print the figures."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--first", type=int, default=0, help="number of the first input")
    options.add_argument("--count", type=int, default=20_000, help="how many inputs")
    arguments = options.parse_args()
    tally = Tally()
    started = time.monotonic()
    progress = Progress(console=Console(file=sys.stderr, emoji=False))
    with tempfile.TemporaryDirectory() as folder, progress.count("inputs", arguments.count) as bar:
        workspace = a_repository(Path(folder) / "r", sample="", neighbour=NEIGHBOUR)
        file = workspace.environments / "sample.yaml"
        for seed, content in inputs(arguments.first, arguments.count):
            feed(seed, content, file, workspace, tally)
            bar.advance()
    took = time.monotonic() - started
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    if peak > MAX_MEGABYTES:
        tally.failures.append(f"{peak} MB of memory")
    for failure in tally.failures[:10]:
        print(failure, file=sys.stderr)
    print(f"inputs          {arguments.count} (from number {arguments.first} on), {took:.0f} s")
    print(f"crashes         {tally.outcomes['crashes']}")
    print(f"with findings   {tally.outcomes['findings']}, of {len(tally.rules)} rules")
    print(f"models          {tally.outcomes['models']}")
    print(f"slowest input   {tally.slowest[0] * 1000:.0f} ms (number {tally.slowest[1]})")
    print(f"peak memory     {peak} MB")
    return 1 if tally.failures else 0


if __name__ == "__main__":
    sys.exit(main())
