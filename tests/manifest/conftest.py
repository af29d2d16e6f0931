"""What tests of manifests may ask for."""

from __future__ import annotations

import pytest

from catalog_platform.manifest import kept_manifests


@pytest.fixture
def kept(monkeypatch: pytest.MonkeyPatch) -> None:
    """Keep the manifests of repositories with any number of environments."""
    monkeypatch.setattr(kept_manifests, "FEWEST", 1)
