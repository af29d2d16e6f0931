"""Measure time and memory of `catalogctl validate` for a thousand environments.

The command is measured as a process, from start to exit. The exit code is 1 above the limits.
"""

from __future__ import annotations

import argparse
import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

EXAMPLES = Path(__file__).resolve().parents[1] / "tests" / "manifests" / "environments"
CATALOGCTL = Path(sys.prefix) / "bin" / "catalogctl"
MAX_MILLISECONDS = 25.0  # for each environment
MAX_MEGABYTES = 500  # for all of them


def write(root: Path, count: int, mistakes: int) -> None:
    """Write `count` environments like production; the first `mistakes` contain one mistake each."""
    folder = root / "environments"
    (folder / "shared").mkdir(parents=True)
    (folder / "defaults.yaml").write_text((EXAMPLES / "defaults.yaml").read_text())
    (folder / "shared" / "tags.yaml").write_text("tags:\n  owner: somebody-else\n")
    source = (EXAMPLES / "production.yaml").read_text()
    for number in range(count):
        name = f"env-{number:05}"
        text = source.replace("name: production", f"name: {name}")
        block = f"10.{number // 16 % 256}.{number % 16 * 16}.0/20"
        text = text.replace("10.30.0.0/16", block).replace("shards: 4", "shards: '{{ 2 + 2 }}'")
        if number < mistakes:
            text = text.replace("memory_mb: 1024", "memory_mbs: 1024")
        (folder / f"{name}.yaml").write_text("extends: [shared/tags.yaml]\n" + text)


def main() -> int:
    """Print one row; return 1 if a limit is exceeded."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--environments", type=int, default=1000)
    options.add_argument("--mistakes", type=int, default=0, help="environments with a finding")
    chosen = options.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        write(Path(folder), chosen.environments, chosen.mistakes)
        started = time.monotonic()
        finished = subprocess.run(
            [CATALOGCTL, "-C", folder, "validate"],
            env=dict(os.environ),
            stdout=subprocess.PIPE,
            text=True,
            check=False,
        )
        took = time.monotonic() - started
    each = took * 1000 / chosen.environments
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // 1024
    outcome = finished.stdout.strip().splitlines()[-1]
    print("environments | seconds | ms each | MB | outcome")
    print(f"{chosen.environments} | {took:.1f} | {each:.1f} | {peak} | {outcome}")
    expected = finished.returncode == (1 if chosen.mistakes else 0)
    return 0 if expected and each <= MAX_MILLISECONDS and peak <= MAX_MEGABYTES else 1


if __name__ == "__main__":
    sys.exit(main())
