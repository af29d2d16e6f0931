"""Kill the supervisor and servers of the embedded AWS at random times, and check its state.

Usage: `python benchmarks/kill_rounds.py [ROUNDS] [SEED]`. `tests/e2e/test_embedded_kills.py` runs
the same rounds; one takes about 8 s.
"""

from __future__ import annotations

import random
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))

from catalog_platform.local import launcher
from catalog_platform.workspace import Workspace
from support.embedded import processes_of
from support.kills import one_round


def main() -> None:
    """Run the rounds and print the seed, so that a failing run can be repeated."""
    rounds = int(sys.argv[1]) if sys.argv[1:] else 20
    seed = int(sys.argv[2]) if sys.argv[2:] else random.SystemRandom().randrange(10**6)
    rng = random.Random(seed)
    print(f"seed {seed}")
    with tempfile.TemporaryDirectory() as folder:
        workspace = Workspace(Path(folder))
        try:
            for number in range(rounds):
                one_round(workspace, rng, number)
                print(f"round {number + 1}: no process left, no data lost", flush=True)
        finally:
            launcher.discard(workspace)
            assert processes_of(workspace) == []


if __name__ == "__main__":
    main()
