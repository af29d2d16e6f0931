"""`catalogctl schema`: print the JSON Schema of manifests for editors, of a plan, or of a scan."""

from __future__ import annotations

import sys

from catalog_platform.manifest import Manifests, documentation, editor
from catalog_platform.plan import schema as plan_schema
from catalog_platform.policy import scan_schema
from catalog_platform.workspace import DEFAULTS, Workspace


def run(workspace: Workspace, *, of: str) -> int:
    """Print the JSON Schema of a plan, of a scan, or of a manifest file with its defaults."""
    match of:
        case "plan":
            sys.stdout.write(plan_schema.text())
        case "scan":
            sys.stdout.write(scan_schema.text())
        case _:
            sys.stdout.write(text(workspace))
    return 0


def text(workspace: Workspace) -> str:
    """Return the schema as it is committed. Leave out defaults that cannot be read."""
    root = Manifests(workspace).own_document(DEFAULTS).root
    defaults = documentation.written_values(root) if root else {}
    return editor.to_json(editor.editor_schema(defaults))
