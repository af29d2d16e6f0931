"""`catalogctl schema`: what editors check manifests against."""

from __future__ import annotations

import sys

from catalog_platform.manifest import Manifests, documentation, editor
from catalog_platform.workspace import DEFAULTS, Workspace


def run(workspace: Workspace) -> int:
    """Print the JSON Schema of a manifest as it is written, with the defaults in its words."""
    sys.stdout.write(text(workspace))
    return 0


def text(workspace: Workspace) -> str:
    """The schema as it is committed. Defaults that cannot be read are left out."""
    root = Manifests(workspace).own(DEFAULTS).root
    defaults = documentation.written(root) if root else {}
    return editor.to_json(editor.editor_schema(defaults))
