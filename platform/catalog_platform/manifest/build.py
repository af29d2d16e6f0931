"""A tree that the schema accepts becomes the frozen model; past this, nothing is a `dict`."""

from __future__ import annotations

import msgspec

from catalog_platform.manifest.node import Tree
from catalog_platform.model import Manifest


def build(tree: Tree) -> Manifest | None:
    """Return the manifest of a complete, valid tree; None for any other.

    It accepts what the schema accepts, a hundred times as fast, but does not say what is wrong.
    """
    try:
        return msgspec.convert(tree, Manifest)
    except msgspec.ValidationError:
        return None
