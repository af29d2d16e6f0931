"""Turn the YAML files of environments into validated manifests; every error becomes a finding.

source ▶ parse ▶ merge ▶ render ▶ schema ▶ conversion ▶ checks        see `pipeline`
"""

from __future__ import annotations

from catalog_platform.manifest.manifests import Manifests
from catalog_platform.manifest.resolved import Contribution, Leaf, Resolved

__all__ = ["Contribution", "Leaf", "Manifests", "Resolved"]
