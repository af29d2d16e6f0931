"""`catalogctl schema`: what editors check manifests against."""

from __future__ import annotations

import sys

from catalog_platform.manifest import editor
from catalog_platform.workspace import Workspace


def run(_workspace: Workspace) -> int:
    """Print the JSON Schema of a manifest as it is written."""
    sys.stdout.write(editor.to_json(editor.editor_schema()))
    return 0
