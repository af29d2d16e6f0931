"""The shipped environments pass the gate that a deployment has to pass."""

from __future__ import annotations

import datetime
from pathlib import Path

import pytest

from catalog_platform import manifest
from catalog_platform.findings import failed
from catalog_platform.policy import gate
from catalog_platform.workspace import Workspace
from support import templates
from support.manifests import ROOT
from support.synthesis import assembly_of

pytestmark = pytest.mark.synth


def test_no_policy_fails_in_any_environment(tmp_path: Path) -> None:
    shipped = Workspace(ROOT)
    names = shipped.environment_names()
    assembly = assembly_of(tmp_path, [manifest.load(shipped, name) for name in names])
    result = gate.scan(assembly, names, shipped.policies, templates.locate)
    assert not failed(result.findings), result.findings
    assert all(counts.passed > 150 for counts in result.counts.values())
