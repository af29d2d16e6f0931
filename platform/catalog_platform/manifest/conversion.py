"""Conversion of a rendered tree to the typed `Manifest`."""

from __future__ import annotations

import msgspec

from catalog_platform.manifest.node import Tree
from catalog_platform.model import Manifest


def convert(tree: Tree) -> Manifest | None:
    """Return the manifest of a valid tree, or None for an invalid one.

    It accepts exactly what the JSON Schema accepts and is a hundred times faster, but it does not
    explain errors.
    """
    try:
        return msgspec.convert(tree, Manifest)
    except msgspec.ValidationError:
        return None
