"""Scans the test suite's environments with the repository's policies."""

from __future__ import annotations

import functools
import shutil
from pathlib import Path

import pytest

from catalog_platform.commands import new
from catalog_platform.findings import has_errors
from catalog_platform.manifest import Manifests
from catalog_platform.policy import gate
from catalog_platform.policy.results import ScanResult
from catalog_platform.policy.waivers import EnvironmentFacts
from catalog_platform.workspace import Workspace
from support import templates, waivers
from support.edits import with_value
from support.synthesis import assembly_of

pytestmark = pytest.mark.synth


@pytest.fixture(scope="module")
def assembly(examples: Workspace, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """All environments, with functions that do nothing."""
    manifests = [Manifests(examples).load(name) for name in examples.environment_names()]
    return assembly_of(tmp_path_factory.mktemp("examples"), manifests)


@pytest.fixture(scope="module")
def scanned(examples: Workspace, assembly: Path):
    """A scan with the given folder of policies, on a day on which every waiver is valid."""
    known = waivers.known()
    names = examples.environment_names()
    return functools.partial(
        gate.scan, assembly, names, locate=templates.locate, known=known, today=waivers.day()
    )


@pytest.fixture(scope="module")
def result(repository: Workspace, scanned) -> ScanResult:
    return scanned(repository.policies)


def test_no_policy_fails_in_an_environment_of_the_test_suite(result: ScanResult) -> None:
    assert not has_errors(result.findings), result.findings
    assert all(counts.passed > 150 for counts in result.counts.values())


def test_without_waivers_exactly_the_waived_violations_are_found(
    repository: Workspace, result: ScanResult, scanned, tmp_path: Path
) -> None:
    (tmp_path / "checks").symlink_to(repository.policies / "checks")
    bare = scanned(tmp_path)
    for name, counts in result.counts.items():
        assert bare.counts[name].failed == counts.waived > 0


def test_a_new_environment_and_one_with_everything_switched_on_need_no_waiver_of_their_own(
    repository: Workspace, examples: Workspace, tmp_path: Path
) -> None:
    shutil.copytree(examples.environments, tmp_path / "environments")
    workspace = Workspace(tmp_path)
    for source in examples.environment_names():
        new.run(workspace, name=f"new-{source}", source=source, account=None)
    facts = waivers.facts_of(workspace)
    manifests = [Manifests(workspace).load(f"new-{name}") for name in examples.environment_names()]
    for tier in ("development", "staging"):
        full = with_value(Manifests(examples).load("production"), "environment.tier", tier)
        manifests.append(with_value(full, "environment.name", f"full-{tier}"))
        facts[f"full-{tier}"] = EnvironmentFacts(f"full-{tier}", tier, "aws")
    result = gate.scan(
        assembly_of(tmp_path, manifests),
        [each.environment.name for each in manifests],
        repository.policies,
        templates.locate,
        known=[*waivers.known(), *facts.values()],
        today=waivers.day(),
    )
    assert not has_errors(result.findings), result.findings
    assert all(counts.waived > 0 for counts in result.counts.values())
