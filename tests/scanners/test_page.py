from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest

from catalog_platform.policy import gate
from catalog_platform.policy.results import Counts
from catalog_platform.policy.waivers import EnvironmentFacts
from catalog_platform.workspace import Workspace
from support import templates, waivers
from support.control_tower import RuleResults
from support.scanners import KIND, ScannerFinding, without_waiver
from support.scanners_page import BEFORE, TITLES, Figures, page

pytestmark = pytest.mark.synth


@pytest.fixture(scope="module")
def counts(
    repository: Workspace, assembly: Path, environments: Sequence[str]
) -> Mapping[str, Counts]:
    """What the policies find in the same assembly, on a day on which every waiver is valid."""
    return gate.scan(
        assembly,
        environments,
        repository.policies,
        templates.locate,
        known=waivers.known(),
        today=waivers.day(),
    ).counts


def test_the_page_is_up_to_date(
    repository: Workspace,
    environments: Sequence[str],
    found: frozenset[ScannerFinding],
    facts: Mapping[str, EnvironmentFacts],
    rule_results: RuleResults,
    counts: Mapping[str, Counts],
    golden: bool,
) -> None:
    accepted = waivers.waivers(KIND)
    missing = frozenset(without_waiver(found, accepted, facts))
    text = page(Figures(environments, found, missing, tuple(accepted), rule_results, counts))
    file = repository.root / "docs" / "scanners.md"
    if golden:
        file.write_text(text)
    assert file.read_text() == text, "pytest --golden tests/scanners writes it"


def test_the_page_has_a_row_for_every_scanner(found: frozenset[ScannerFinding]) -> None:
    assert {finding.tool for finding in found} <= TITLES.keys() == BEFORE.keys()
