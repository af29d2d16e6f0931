"""`catalogctl render`: print the resolved manifest of an environment."""

from __future__ import annotations

import json
import sys

from catalog_platform.errors import FindingsError
from catalog_platform.findings import has_errors
from catalog_platform.manifest import Leaf, Manifests, dump
from catalog_platform.workspace import Workspace


def run(workspace: Workspace, *, name: str, format: str, origins: bool) -> int:  # noqa: A002
    """Print every value of an environment; with `origins`, the file and line that set it.

    Raises `FindingsError` when the manifest has errors, because the output would be incomplete.
    """
    manifests = Manifests(workspace)
    _, findings = manifests.check([name])
    if has_errors(findings):
        raise FindingsError(findings)
    resolved = manifests.resolve(name)
    if format == "yaml":
        sys.stdout.write(dump.to_yaml(resolved, origins=origins))
        return 0
    shown: object = resolved.tree
    if origins:
        shown = {path: _origin(leaf) for path, leaf in resolved.items()}
    print(json.dumps(shown, indent=2, ensure_ascii=False))
    return 0


def _origin(leaf: Leaf) -> dict[str, object]:
    """Return a value with its location, its expression and every layer that sets it."""
    where = leaf.location
    return {
        "value": leaf.value,
        "file": where.file,
        "line": where.line,
        "column": where.column,
        "expression": leaf.expression,
        "layers": [
            {
                "file": layer.location.file,
                "line": layer.location.line,
                "text": layer.text,
                "effect": layer.effect,
                "counts": layer.counts,
            }
            for layer in leaf.layers
        ],
    }
