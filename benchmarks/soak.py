"""`make soak`: many updates, every fault, one account. The exit code is 1 if it does not add up."""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

from catalog_platform.verification.feed import generate
from catalog_platform.verification.reconcile import Reconciliation
from catalog_platform.workspace import Workspace
from chaos.environment import Site
from chaos.faults import ALL, FAILOVERS
from chaos.races import add_races
from chaos.replicated import ReplicatedStores
from chaos.scenario import RUN, Report, Storm

REPOSITORY = Workspace(Path(__file__).resolve().parents[1])
MALFORMED_SHARE = 0.001
# Articles of which many lanes get events of the same moments at once.
RACING_SHARE = 0.002


def main() -> int:
    """Build a site, let the storm pass over it, print the account."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--updates", type=int, default=1_000_000)
    parser.add_argument("--seed", type=int, default=20_261_123)
    parser.add_argument("--rounds", type=int, default=2, help="how often each fault strikes")
    parser.add_argument(
        "--stores",
        choices=("replicated", "single"),
        default="replicated",
        help="a database with a standby and a cluster of caches, or one server of each",
    )
    asked = parser.parse_args()
    tell(f"generate {asked.updates:,} updates")
    now = datetime.now(UTC)
    feed = generate(
        updates=asked.updates,
        malformed=int(asked.updates * MALFORMED_SHARE),
        seed=asked.seed,
        run=RUN,
        now=now,
    )
    articles = int(asked.updates * RACING_SHARE)
    feed = add_races(feed, articles=articles, seed=asked.seed, run=RUN, now=now)
    with tempfile.TemporaryDirectory(prefix="catalog-soak-") as folder:
        Path(folder).chmod(0o711)
        tell("build the site")
        replicated = asked.stores == "replicated"
        site = Site(Path(folder), REPOSITORY, ReplicatedStores() if replicated else None)
        try:
            site.build(shards=2, lanes=2, batch_size=1000, window=1)
            report = Storm(site, feed, tell).run((FAILOVERS if replicated else ALL) * asked.rounds)
        finally:
            site.close()
    print(as_text(report))
    return 1 if report.account.difference or report.went_back else 0


def as_text(report: Report) -> str:
    """The report as lines for people."""
    account = report.account
    lines = ["while this went wrong                          events  seconds  events/s"]
    lines += [
        f"{phase.fault:<44} {phase.events:>8,} {phase.seconds:>8.1f}"
        f" {phase.events / phase.seconds:>9,.0f}"
        for phase in report.phases
    ]
    lines += ["", "place         what           expected      found  unexpected  difference"]
    lines += [
        f"{row.place:<13} {row.unit:<13} {row.expected:>9,} {row.found:>10,}"
        f" {row.unexpected:>11,} {row.difference:>11,}"
        for row in account.rows
    ]
    lines += [
        "",
        f"the cache went back {report.went_back:,} times in {report.looks:,} looks",
        f"S3 refused {report.s3_refused:,} requests and lost {report.s3_answers_lost:,} answers",
        f"{report.put_again:,} events were put again, as nobody had answered for them",
        _summary(account),
    ]
    return "\n".join(lines)


def _summary(account: Reconciliation) -> str:
    return (
        f"{account.sent:,} events, difference {account.difference:,}, in"
        f" {account.seconds:,.0f} s: {account.records_per_second:,.0f} events/s"
    )


def tell(line: str) -> None:
    """Progress, with the time."""
    sys.stderr.write(f"{time.strftime('%H:%M:%S')} {line}\n")
    sys.stderr.flush()


if __name__ == "__main__":
    sys.exit(main())
