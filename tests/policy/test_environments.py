from __future__ import annotations

import datetime
from pathlib import Path

import pytest

from catalog_platform import manifest, yaml_loader
from catalog_platform.infra.app import synthesize
from catalog_platform.infra.bundles import Bundles
from catalog_platform.policy import gate
from catalog_platform.policy.ledger import LONGEST_DAYS
from catalog_platform.policy.verdicts import ScanResult
from catalog_platform.workspace import Workspace
from support import templates

pytestmark = pytest.mark.synth


@pytest.fixture(scope="module")
def assembly(repository: Workspace, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """All environments, with functions that hold nothing but one migration."""
    folder = tmp_path_factory.mktemp("all-environments")
    bundles = Bundles(*(folder / name for name in "abcd"))
    migrations = bundles.schema_migrator / "schema_migrator" / "migrations"
    migrations.mkdir(parents=True)
    (migrations / "0001_first.sql").write_text("select 1;")
    (migrations.parent / "access.sql").write_text("select 2;")
    for name in "acd":
        (folder / name).mkdir()
        (folder / name / "empty.py").write_text("")
    names = repository.environment_names()
    environments = {name: (manifest.load(repository, name), bundles) for name in names}
    return synthesize(environments, folder / "out")


def scanned(repository: Workspace, assembly: Path, policies: Path) -> ScanResult:
    names = repository.environment_names()
    return gate.scan(assembly, names, policies, templates.locate, today=written(repository))


def written(repository: Workspace) -> datetime.date:
    """A day on which every waiver holds, so that these tests do not expire with them."""
    waivers = yaml_loader.load(repository.policies / "ledger.yaml", dates=True)["waivers"]
    latest: datetime.date = max(waiver["expires"] for waiver in waivers)
    return latest - datetime.timedelta(days=LONGEST_DAYS)


def test_no_policy_speaks_against_the_environments(repository: Workspace, assembly: Path) -> None:
    result = scanned(repository, assembly, repository.policies)
    assert result.findings == ()
    assert all(counts.passed > 150 for counts in result.counts.values())


def test_without_the_ledger_exactly_what_it_waives_is_found(
    repository: Workspace, assembly: Path, tmp_path: Path
) -> None:
    (tmp_path / "checks").symlink_to(repository.policies / "checks")
    bare = scanned(repository, assembly, tmp_path)
    waived = scanned(repository, assembly, repository.policies)
    for name in repository.environment_names():
        assert bare.counts[name].failed == waived.counts[name].waived > 0
