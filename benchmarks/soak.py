"""`make soak`: send many updates, inject every fault, and reconcile every event.

The exit code is 1 if an event is missing or doubled, or a cached version went down.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

from catalog_platform import process
from catalog_platform.verification.feed import generate
from catalog_platform.verification.reconcile import Reconciliation
from catalog_platform.workspace import Workspace
from chaos.environment import Environment
from chaos.faults import ALL, FAILOVERS
from chaos.races import add_races
from chaos.replicated import ReplicatedStores
from chaos.scenario import RUN, Report, Scenario

REPOSITORY = Workspace(Path(__file__).resolve().parents[1])
MALFORMED_SHARE = 0.001
# Share of additional articles whose events are processed by several batches at the same time.
BURST_SHARE = 0.002


def main() -> int:
    """Build an environment, run the scenario in it, print the report."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--updates", type=int, default=1_000_000)
    parser.add_argument("--seed", type=int, default=20_261_123)
    parser.add_argument("--rounds", type=int, default=2, help="how often each fault is injected")
    parser.add_argument(
        "--stores",
        choices=("replicated", "single"),
        default="replicated",
        help="PostgreSQL with a standby and a cache cluster, or one server of each",
    )
    options = parser.parse_args()
    show_progress(f"generate {options.updates:,} updates")
    now = datetime.now(UTC)
    feed = generate(
        updates=options.updates,
        malformed=int(options.updates * MALFORMED_SHARE),
        seed=options.seed,
        run=RUN,
        now=now,
    )
    articles = int(options.updates * BURST_SHARE)
    feed = add_races(feed, articles=articles, seed=options.seed, run=RUN, now=now)
    with tempfile.TemporaryDirectory(prefix="catalog-soak-") as folder:
        Path(folder).chmod(0o711)
        show_progress("build the environment")
        replicated = options.stores == "replicated"
        stores = ReplicatedStores() if replicated else None
        environment = Environment(Path(folder), REPOSITORY, stores)
        try:
            environment.build(shards=2, lanes=2, batch_size=1000, window=1)
            report = Scenario(environment, feed, show_progress).run(
                (FAILOVERS if replicated else ALL) * options.rounds
            )
        finally:
            environment.close()
    print(as_text(report))
    return 1 if report.reconciliation.difference or report.version_regressions else 0


def as_text(report: Report) -> str:
    """Return the report as text tables."""
    reconciliation = report.reconciliation
    lines = ["fault                                          events  seconds  events/s"]
    lines += [
        f"{phase.fault:<44} {phase.events:>8,} {phase.seconds:>8.1f}"
        f" {phase.events / phase.seconds:>9,.0f}"
        for phase in report.phases
    ]
    lines += ["", "place         what           expected      found  unexpected  difference"]
    lines += [
        f"{row.place:<13} {row.unit:<13} {row.expected:>9,} {row.found:>10,}"
        f" {row.unexpected:>11,} {row.difference:>11,}"
        for row in reconciliation.rows
    ]
    lines += [
        "",
        f"cache reads {report.cache_reads:,}, with an older version {report.version_regressions:,}",
        f"S3 rejected {report.s3_rejected:,} requests, lost {report.s3_responses_lost:,} responses",
        f"{report.resent:,} events were sent again, because their call got no response",
        _summary(reconciliation),
    ]
    return "\n".join(lines)


def _summary(reconciliation: Reconciliation) -> str:
    return (
        f"{reconciliation.sent:,} events, difference {reconciliation.difference:,}, in"
        f" {reconciliation.seconds:,.0f} s: {reconciliation.records_per_second:,.0f} events/s"
    )


def show_progress(line: str) -> None:
    """Print a line of progress with the time to stderr."""
    sys.stderr.write(f"{time.strftime('%H:%M:%S')} {line}\n")
    sys.stderr.flush()


if __name__ == "__main__":
    # SIGTERM runs the same `finally` blocks as Ctrl-C, so that no server outlives the run.
    with process.interruptible():
        try:
            sys.exit(main())
        except KeyboardInterrupt:
            show_progress("interrupted")
            sys.exit(130)
