from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest

from catalog_platform import yaml_loader
from catalog_platform.policy import gate
from catalog_platform.policy.ledger import LONGEST_DAYS
from catalog_platform.policy.verdicts import Counts
from catalog_platform.workspace import Workspace
from support import templates
from support.control_tower import Judgement
from support.opinions import Acknowledgement, Opinion
from support.opinions_page import BEFORE, TITLES, Figures, page

pytestmark = pytest.mark.synth


@pytest.fixture(scope="module")
def counts(
    repository: Workspace, assembly: Path, environments: Sequence[str]
) -> Mapping[str, Counts]:
    """What the gate says of the same assembly, on a day on which every waiver holds."""
    waivers = yaml_loader.load(repository.policies / "ledger.yaml", dates=True)["waivers"]
    latest: datetime.date = max(waiver["expires"] for waiver in waivers)
    day = latest - datetime.timedelta(days=LONGEST_DAYS)
    scanned = gate.scan(assembly, environments, repository.policies, templates.locate, today=day)
    return scanned.counts


def test_the_page_is_up_to_date(
    repository: Workspace,
    environments: Sequence[str],
    opinions: frozenset[Opinion],
    acknowledged: Sequence[Acknowledgement],
    judgement: Judgement,
    counts: Mapping[str, Counts],
    golden: bool,
) -> None:
    figures = Figures(environments, opinions, acknowledged, judgement, counts)
    file = repository.root / "docs" / "second-opinions.md"
    if golden:
        file.write_text(page(figures))
    assert file.read_text() == page(figures), "pytest --golden tests/opinions writes it anew"


def test_the_page_tells_of_every_tool(opinions: frozenset[Opinion]) -> None:
    assert {opinion.tool for opinion in opinions} <= TITLES.keys() == BEFORE.keys()
