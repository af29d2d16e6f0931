from __future__ import annotations

from collections.abc import Mapping

import pytest

from catalog_platform.policy.waivers import EnvironmentFacts
from support import waivers
from support.scanners import KIND, ScannerFinding, suggestion, without_waiver

pytestmark = pytest.mark.synth


def test_every_finding_is_accepted_and_every_waiver_is_needed(
    found: frozenset[ScannerFinding], facts: Mapping[str, EnvironmentFacts]
) -> None:
    accepted = waivers.waivers(KIND)
    missing = without_waiver(found, accepted, facts)
    accepted.report_unmatched(facts)
    # `pytest.fail` prints the text without a traceback, ready to be copied.
    if missing:
        text = suggestion(missing, facts)
        pytest.fail(f"fix these, or add waivers to policies/waivers.yaml:\n\n{text}", pytrace=False)
    if accepted.findings:
        lines = "\n".join(f"{each.location}: {each.message}" for each in accepted.findings)
        pytest.fail(lines, pytrace=False)
