"""The shipped environments pass the policy scan that precedes a deployment."""

from __future__ import annotations

from pathlib import Path

import pytest

from catalog_platform.findings import has_errors
from catalog_platform.manifest import Manifests
from catalog_platform.policy import gate
from catalog_platform.policy.results import ScanResult
from catalog_platform.workspace import Workspace
from support import templates, waivers
from support.manifests import EXAMPLES, ROOT
from support.synthesis import assembly_of

pytestmark = pytest.mark.synth

SHIPPED = Workspace(ROOT)


def scanned(folder: Path, workspace: Workspace) -> ScanResult:
    names = workspace.environment_names()
    return gate.scan(
        assembly_of(folder, [Manifests(workspace).load(name) for name in names]),
        names,
        SHIPPED.policies,
        templates.locate,
        known=waivers.known(workspace),
        today=waivers.day(),
    )


@pytest.fixture(scope="module")
def result(tmp_path_factory: pytest.TempPathFactory) -> ScanResult:
    return scanned(tmp_path_factory.mktemp("shipped"), SHIPPED)


def test_no_policy_fails_in_any_environment(result: ScanResult) -> None:
    assert not has_errors(result.findings), result.findings
    assert all(counts.passed > 150 for counts in result.counts.values())


def test_every_waiver_matches_a_shipped_or_a_test_environment(
    result: ScanResult, tmp_path: Path
) -> None:
    unneeded = {each.message for each in result.findings if each.rule == "waiver-unmatched"}
    if unneeded:
        elsewhere = scanned(tmp_path, EXAMPLES).findings
        unneeded &= {each.message for each in elsewhere if each.rule == "waiver-unmatched"}
    assert unneeded == set(), "remove these from policies/waivers.yaml"
