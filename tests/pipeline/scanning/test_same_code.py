"""Bases whose code is that of this program, which scans them in this process."""

from __future__ import annotations

import contextlib
import datetime
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from catalog_platform.manifest import Manifests
from catalog_platform.pipeline.compared_versions import MANIFESTS, POLICIES, Bases, ComparedVersions
from catalog_platform.pipeline.planning.base_version import BaseVersion
from catalog_platform.pipeline.scanning.base_scan import BaseScanner
from catalog_platform.pipeline.scanning.own_code import OwnCode
from catalog_platform.pipeline.scanning.same_code import SameCode
from catalog_platform.policy import engines, scan_model
from catalog_platform.versions import comparison_base
from support import real_scans
from support.plans import PlanRepository

pytestmark = pytest.mark.synth
NAMES = ("other", "shop")
WAIVER = """
waivers:
  - id: shards
    kind: policy
    scope: {{environments: [shop]}}
    rules: [OUR_1]
    resources: [Stream/Stream/Resource]
    reason: two shards are enough, as measured
    owner: catalog-platform
    created: {created}
    expires: {expires}
"""


@pytest.fixture
def made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> PlanRepository:
    return real_scans.a_repository(tmp_path / "repository", monkeypatch)


@contextlib.contextmanager
def compared(made: PlanRepository) -> Iterator[ComparedVersions]:
    workspace = made.workspace
    with contextlib.closing(Bases(MANIFESTS, POLICIES)) as bases:
        base = comparison_base.find(workspace, "main")
        yield bases.compare(Manifests(workspace), base)


def report(scanner: BaseScanner, names: tuple[str, ...]) -> str:
    side = scanner.synthesise(names)
    assert side.findings == {}
    (assembly,) = set(side.assemblies.values())
    return scanner.scan(names, assembly)


def reports(made: PlanRepository, scratch: Path) -> list[str]:
    """Return the reports of both ways to scan the base."""
    with compared(made) as versions:
        workspace = made.workspace
        version = BaseVersion(
            versions.check_out(), versions.base, workspace, scratch / "own", lambda _: None
        )
        same = SameCode(versions.before, workspace, scratch / "same", engines.run)
        return [report(each, NAMES) for each in (OwnCode(version), same)]


def set_waiver(made: PlanRepository, days: int) -> None:
    """Commit a waiver that expires in a number of days."""
    today = datetime.datetime.now(datetime.UTC).date()
    text = WAIVER.format(
        created=today - datetime.timedelta(60), expires=today + datetime.timedelta(days)
    )
    (made.workspace.policies / "waivers.yaml").write_text(text)


@pytest.mark.parametrize(
    ("base", "rule"),
    [
        ("as it is", "OUR_1"),
        ("waived", "waiver-expires-soon"),
        ("expired", "waiver-expired"),
        ("broken policy", "scan-policy"),
        ("broken controls", "controls-malformed"),
    ],
)
def test_both_ways_to_scan_the_base_give_the_same_report(
    base: str, rule: str, made: PlanRepository, tmp_path: Path
) -> None:
    policies = made.workspace.policies
    if base == "waived":
        set_waiver(made, days=10)
    elif base == "expired":
        set_waiver(made, days=-1)
    elif base == "broken policy":
        (policies / "checks" / "broken.py").write_text("raise ValueError('broken')\n")
    elif base == "broken controls":
        (policies / "controls.tsv").write_text("no table\n")
    made.repository.commit("the base")
    made.edit("shop", "shards: 2", "shards: 3")
    own, same = reports(made, tmp_path)
    scan = msgspec.json.decode(same, type=scan_model.Scan)
    assert {each.environment for each in scan.environments} == {*NAMES}
    assert rule in {each.rule for each in scan.findings}
    assert own == same


def test_an_invalid_base_has_findings_instead_of_an_assembly(
    made: PlanRepository, tmp_path: Path
) -> None:
    made.edit("shop", "shards: 2", "shards: many")
    made.repository.commit("a broken base")
    with compared(made) as versions:
        scanner = SameCode(versions.before, made.workspace, tmp_path / "same", engines.run)
        side = scanner.synthesise(NAMES)
    assert {*side.findings} == {"shop"}
    assert {*side.assemblies} == {"other"}


def test_the_working_tree_s_manifests_and_policies_are_not_those_of_the_base(
    made: PlanRepository, tmp_path: Path
) -> None:
    made.edit("shop", "shards: 2", "shards: many")
    (made.workspace.policies / "checks" / "broken.py").write_text("raise ValueError('broken')\n")
    with compared(made) as versions:
        scanner = SameCode(versions.before, made.workspace, tmp_path / "same", engines.run)
        scan = msgspec.json.decode(report(scanner, ("shop",)), type=scan_model.Scan)
    assert "scan-policy" not in {each.rule for each in scan.findings}
    assert {each.policy for each in scan.results} >= {"OUR_1"}
