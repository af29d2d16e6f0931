"""Stores of shipped environments keep their logical ids; a new id would delete their data."""

from __future__ import annotations

from pathlib import Path

import pytest

from catalog_platform.manifest import Manifests
from catalog_platform.workspace import Workspace
from support.manifests import ROOT
from support.stores import GOLDEN, stores_of
from support.synthesis import templates_of

pytestmark = pytest.mark.synth


def test_every_store_has_its_recorded_logical_id(tmp_path: Path) -> None:
    lines = GOLDEN.read_text().splitlines()
    pinned = {path: logical_id for path, _, logical_id, _ in map(str.split, lines)}
    shipped = Workspace(ROOT)
    manifests = [Manifests(shipped).load(name) for name in shipped.environment_names()]
    for template in templates_of(tmp_path, *manifests):
        found = {path: logical_id for path, _, logical_id, _ in stores_of(template)}
        assert "Stream/Stream" in found
        # Replicas beyond the number in the test suite's environments have no recorded id.
        moved = {path for path in found if found[path] != pinned.get(path, found[path])}
        assert moved == set(), template.environment
