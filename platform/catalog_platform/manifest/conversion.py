"""Conversion of a valid tree to the frozen model `Manifest`."""

from __future__ import annotations

import msgspec

from catalog_platform.manifest.node import Tree
from catalog_platform.model import Manifest


def convert(tree: Tree) -> Manifest | None:
    """Return the manifest of a valid tree, or None for an invalid one.

    It accepts what the JSON Schema accepts and is a hundred times faster, but explains no errors.
    """
    try:
        return msgspec.convert(tree, Manifest)
    except msgspec.ValidationError:
        return None
