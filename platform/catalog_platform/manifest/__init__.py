"""Text in, `model.Manifest` out; whatever is wrong becomes findings with file, line and column.

source ▶ parse ▶ merge ▶ render ▶ schema ▶ build ▶ checks        see `pipeline`
"""

from __future__ import annotations

from catalog_platform.manifest.manifests import Manifests
from catalog_platform.manifest.resolved import Layer, Leaf, Resolved

__all__ = ["Layer", "Leaf", "Manifests", "Resolved"]
