"""A tree that the schema accepts becomes the frozen model; past this, nothing is a `dict`."""

from __future__ import annotations

import msgspec

from catalog_platform.manifest.node import Tree
from catalog_platform.model import Manifest


def build(tree: Tree) -> Manifest:
    """The manifest of a valid tree. `msgspec.ValidationError` would be a bug in the schema."""
    return msgspec.convert(tree, Manifest)
