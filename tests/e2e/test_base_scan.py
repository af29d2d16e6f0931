"""Both ways to scan the base of a comparison, with all policies and the real stacks."""

from __future__ import annotations

import contextlib
from pathlib import Path

import msgspec
import pytest

from catalog_platform.manifest import Manifests
from catalog_platform.pipeline.compared_versions import MANIFESTS, POLICIES, Bases
from catalog_platform.pipeline.planning.base_version import BaseVersion
from catalog_platform.pipeline.scanning.base_scan import BaseScanner
from catalog_platform.pipeline.scanning.own_code import OwnCode
from catalog_platform.pipeline.scanning.same_code import SameCode
from catalog_platform.policy import scan_model
from catalog_platform.policy.engine_process import EngineProcess
from catalog_platform.versions import comparison_base
from catalog_platform.workspace import Workspace
from support.checkouts import Checkout
from support.manifests import EXAMPLES

pytestmark = pytest.mark.e2e


def report(scanner: BaseScanner, names: tuple[str, ...]) -> str:
    """Return the scan of environments that are synthesised together."""
    side = scanner.synthesise(names)
    assert side.findings == {}
    (assembly,) = set(side.assemblies.values())
    return scanner.scan(names, assembly)


def test_a_base_of_the_same_code_has_the_report_that_its_own_program_writes(
    tmp_path: Path, repository: Workspace
) -> None:
    checkout = Checkout.of_this_repository(tmp_path / "repository")
    (checkout.root / "build").mkdir()
    (checkout.root / "build" / "bundles").symlink_to(repository.build / "bundles")
    workspace = Workspace(checkout.root)
    names = tuple(EXAMPLES.environment_names())
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    engines = EngineProcess()
    with contextlib.closing(Bases(MANIFESTS, POLICIES)) as bases:
        versions = bases.compare(Manifests(workspace), comparison_base.find(workspace, "main"))
        version = BaseVersion(
            versions.check_out(), versions.base, workspace, scratch, lambda _: None
        )
        own = report(OwnCode(version), names)
        try:
            same = report(SameCode(versions.before, workspace, scratch / "same", engines), names)
        finally:
            engines.stop()
    assert own == same
    scan = msgspec.json.decode(same, type=scan_model.Scan)
    assert {each.environment for each in scan.environments} == {*names}
    assert any(each.waiver is not None for each in scan.results)
