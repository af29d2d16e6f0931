"""`catalogctl explain`: how a value came about, and what its key means."""

from __future__ import annotations

from collections.abc import Iterator

from catalog_platform import manifest
from catalog_platform.errors import UsageError
from catalog_platform.findings import suggestion
from catalog_platform.manifest import Leaf, Resolved, documentation, dump
from catalog_platform.manifest.node import dotted
from catalog_platform.manifest.resolved import parse_path
from catalog_platform.workspace import Workspace


def run(workspace: Workspace, *, name: str, key: str) -> int:
    """Print every layer that sets a key, the expression, the outcome and the documentation.

    A section is explained by its keys. Raises `UsageError` for a key that no manifest has.
    """
    resolved = manifest.resolve(workspace, name)
    path = parse_path(key)
    key = dotted(path)
    if key in resolved:
        lines = _leaf(key, resolved[key])
    else:
        inside = [known for known in resolved if known.startswith(f"{key}.")]
        if not inside:
            raise _unknown(key, resolved)
        lines = (f"{known} = {_shown(resolved[known])}" for known in inside)
    for line in (*lines, *_documented(key)):
        print(line)
    return 0


def _leaf(key: str, leaf: Leaf) -> Iterator[str]:
    yield f"{key} = {_shown(leaf)}"
    yield ""
    yield "set by, the last one wins:"
    for layer in leaf.layers:
        yield f"  {layer.location.file}:{layer.location.line}: {layer.text}"
    if leaf.expression:
        yield ""
        yield f"an expression: {leaf.expression}"


def _shown(leaf: Leaf) -> str:
    if leaf.is_broken:
        return "(unknown: its expression has a finding, see `catalogctl validate`)"
    return dump.inline(leaf.value)


def _documented(key: str) -> Iterator[str]:
    known = documentation.document(parse_path(key))
    if known is None:
        return
    yield ""
    yield known.description
    yield f"accepts: {known.accepts}"
    if known.example:
        yield f"example: {known.example}"


def _unknown(key: str, resolved: Resolved) -> UsageError:
    section, _, rest = key.partition(".")
    sections = sorted({known.partition(".")[0] for known in resolved})
    keys = [known for known in resolved if known.startswith(f"{section}.")]
    hint = suggestion(key, [*resolved, *sections])
    if keys:
        near = suggestion(rest, [known.partition(".")[2] for known in keys])
        hint = near.replace("'", f"'{section}.", 1)
    listed = f"its keys are: {', '.join(keys)}" if keys else f"sections are: {', '.join(sections)}"
    return UsageError(f"no key '{key}' in {resolved.name}", hint=hint or listed)
