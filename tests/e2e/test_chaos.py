"""The data path under injected faults; `make soak` runs the same scenario for longer."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from catalog_platform.verification.feed import generate
from catalog_platform.workspace import Workspace
from chaos.environment import Environment
from chaos.faults import ALL, EMULATOR, FAILOVERS, NO_FAULT
from chaos.races import add_races
from chaos.replicated import ReplicatedStores
from chaos.scenario import RUN, Scenario

pytestmark = pytest.mark.e2e

UPDATES = 6_000
MALFORMED = 40
# The fault that kills all servers kills the emulator too.
FAULTS = [fault for fault in ALL if fault not in (NO_FAULT, EMULATOR)]
# Faults that only replicated stores have; the first test covers the others.
REPLICATED_FAULTS = [fault for fault in FAILOVERS if fault not in ALL]


def test_no_event_is_lost_or_doubled_when_servers_are_killed(
    tmp_path: Path, repository: Workspace
) -> None:
    feed = generate(updates=UPDATES, malformed=MALFORMED, seed=7, run=RUN, now=datetime.now(UTC))
    environment = Environment(tmp_path, repository)
    try:
        environment.build(shards=1, lanes=1, batch_size=200, window=0)
        report = Scenario(environment, feed, print).run(FAULTS)
    finally:
        environment.close()

    assert report.reconciliation.difference == 0, report
    assert report.version_regressions == 0
    assert report.cache_reads > 0
    assert report.s3_rejected > 0
    assert report.s3_responses_lost > 0


@pytest.mark.exhaustive
def test_no_event_is_lost_or_doubled_when_stores_fail_over(
    tmp_path: Path, repository: Workspace
) -> None:
    now = datetime.now(UTC)
    feed = generate(updates=UPDATES // 2, malformed=MALFORMED, seed=8, run=RUN, now=now)
    feed = add_races(feed, articles=20, seed=8, run=RUN, now=now)
    environment = Environment(tmp_path, repository, ReplicatedStores())
    try:
        environment.build(shards=1, lanes=1, batch_size=200, window=0)
        report = Scenario(environment, feed, print).run(REPLICATED_FAULTS)
    finally:
        environment.close()

    assert report.reconciliation.difference == 0, report
    assert report.version_regressions == 0
    assert report.cache_reads > 0
