"""Build Lambda bundles from the folders of `functions/`, without Docker.

Builds are reproducible: the same sources, requirements and target give the same content on any
machine.
"""

from __future__ import annotations

from catalog_platform.packaging.build import build
from catalog_platform.packaging.target import BuildTarget
from catalog_platform.packaging.user_bundles import UserBundles

__all__ = ["BuildTarget", "UserBundles", "build"]
