"""Manifests: from YAML files to a validated `model.Manifest`, with findings for every error.

source ▶ parse ▶ merge ▶ render ▶ schema ▶ build ▶ checks        see `pipeline`
"""

from __future__ import annotations

from catalog_platform.manifest.manifests import Manifests
from catalog_platform.manifest.resolved import Contribution, Leaf, Resolved

__all__ = ["Contribution", "Leaf", "Manifests", "Resolved"]
