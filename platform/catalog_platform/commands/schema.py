"""`catalogctl schema`: print the JSON Schema of manifests for editors."""

from __future__ import annotations

import sys

from catalog_platform.manifest import Manifests, documentation, editor
from catalog_platform.workspace import DEFAULTS, Workspace


def run(workspace: Workspace) -> int:
    """Print the JSON Schema of a manifest file, with the defaults in its descriptions."""
    sys.stdout.write(text(workspace))
    return 0


def text(workspace: Workspace) -> str:
    """Return the schema as it is committed. Leave out defaults that cannot be read."""
    root = Manifests(workspace).own_document(DEFAULTS).root
    defaults = documentation.written_values(root) if root else {}
    return editor.to_json(editor.editor_schema(defaults))
