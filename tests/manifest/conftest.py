"""What tests of manifests may ask for."""

from __future__ import annotations

import pytest

from catalog_platform.manifest import kept_manifests
from catalog_platform.manifest.kept_manifests import KeptManifests


@pytest.fixture
def kept(monkeypatch: pytest.MonkeyPatch) -> None:
    """Keep the manifests of repositories with any number of environments."""
    monkeypatch.setattr(kept_manifests, "FEWEST", 1)
    monkeypatch.setattr(KeptManifests.__init__, "__kwdefaults__", {"on_disk": True})
