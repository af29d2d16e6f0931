"""Whether AWS bills an environment."""

from __future__ import annotations

from catalog_platform.errors import PlatformError
from catalog_platform.manifest import Manifests


def is_billed(manifests: Manifests, name: str) -> bool:
    """Return whether an environment is deployed to AWS; false too if its manifest is unreadable."""
    try:
        target = manifests.resolve(name).get("release.target")
    except PlatformError:
        return False
    return target is not None and target.value == "aws"
