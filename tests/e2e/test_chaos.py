"""The data path under random failures; `make soak` runs the same for longer."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from catalog_platform.verification.feed import generate
from catalog_platform.workspace import Workspace
from chaos.environment import Site
from chaos.faults import ALL, CALM, EMULATOR, FAILOVERS
from chaos.races import add_races
from chaos.replicated import ReplicatedStores
from chaos.scenario import RUN, Storm

pytestmark = pytest.mark.e2e

UPDATES = 6_000
MALFORMED = 40
# The fault that kills all parts also kills the emulator.
FAULTS = [fault for fault in ALL if fault not in (CALM, EMULATOR)]
# Faults of replicated stores; the test above covers the others.
OF_REPLICATED = [fault for fault in FAILOVERS if fault not in ALL]


def test_killed_parts_lose_and_duplicate_nothing(tmp_path: Path, repository: Workspace) -> None:
    feed = generate(updates=UPDATES, malformed=MALFORMED, seed=7, run=RUN, now=datetime.now(UTC))
    site = Site(tmp_path, repository)
    try:
        site.build(shards=1, lanes=1, batch_size=200, window=0)
        report = Storm(site, feed, print).run(FAULTS)
    finally:
        site.close()

    assert report.account.difference == 0, report
    assert report.went_back == 0
    assert report.looks > 0
    assert report.s3_refused > 0
    assert report.s3_answers_lost > 0


def test_failovers_lose_and_duplicate_nothing(tmp_path: Path, repository: Workspace) -> None:
    now = datetime.now(UTC)
    feed = generate(updates=UPDATES // 2, malformed=MALFORMED, seed=8, run=RUN, now=now)
    feed = add_races(feed, articles=20, seed=8, run=RUN, now=now)
    site = Site(tmp_path, repository, ReplicatedStores())
    try:
        site.build(shards=1, lanes=1, batch_size=200, window=0)
        report = Storm(site, feed, print).run(OF_REPLICATED)
    finally:
        site.close()

    assert report.account.difference == 0, report
    assert report.went_back == 0
    assert report.looks > 0
