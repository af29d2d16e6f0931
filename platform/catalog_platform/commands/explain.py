"""`catalogctl explain`: show where a value comes from, and what its key means."""

from __future__ import annotations

from collections.abc import Iterator

from catalog_platform.errors import UsageError
from catalog_platform.findings import suggestion
from catalog_platform.manifest import (
    Contribution,
    Leaf,
    Manifests,
    Resolved,
    comparison,
    documentation,
    dump,
)
from catalog_platform.manifest.node import Path, dotted, find, location_of, parse_path, scalars
from catalog_platform.workspace import Workspace

EFFECTS = {
    "appends": " (appended to the list above)",
    "unsets": " (resets to the default)",
}


def run(workspace: Workspace, *, name: str, key: str) -> int:
    """Print every layer that sets a key, its expression, its value and its documentation.

    For a section, print its keys. Raises `UsageError` for a key that no manifest has.
    """
    resolved = Manifests(workspace).resolve(name)
    path = parse_path(key)
    key = dotted(path)
    if key in resolved:
        lines = _leaf(key, resolved)
    else:
        inside = [each for each in resolved if each.startswith(f"{key}.")]
        if not inside:
            raise _unknown(key, resolved)
        lines = (f"{each} = {_shown(resolved[each])}" for each in inside)
    for line in (*lines, *_documented(path)):
        print(line)
    return 0


def _leaf(key: str, resolved: Resolved) -> Iterator[str]:
    leaf = resolved[key]
    yield f"{key} = {_shown(leaf)}"
    yield ""
    yield "set in (▶ takes effect):"
    places = [f"{layer.location.file}:{layer.location.line}" for layer in leaf.layers]
    for layer, where in zip(leaf.layers, places, strict=True):
        yield f"  {_mark(layer)} {where:<{max(map(len, places))}}  {layer.text}{_effect(layer)}"
    yield from _expression(parse_path(key), resolved)


def _mark(layer: Contribution) -> str:
    return "▶" if layer.counts else " "


def _effect(layer: Contribution) -> str:
    return EFFECTS.get(layer.effect, "")


def _expression(path: Path, resolved: Resolved) -> Iterator[str]:
    """Yield the expressions of a value (a list has one per element) and the values they use."""
    node = find(resolved.root, path)
    leaves = [leaf for _, leaf in scalars(node) if leaf.is_template] if node else []
    if not leaves:
        return
    yield ""
    for leaf in leaves:
        yield f"expression: {leaf.text}"
    seen = dict.fromkeys(path for leaf in leaves for path in comparison.references(leaf))
    for reference in seen:
        where = location_of(resolved.root, reference)
        if where is not None:
            value = _value(reference, resolved)
            yield f"  {dotted(reference)} = {value}  ({where.file}:{where.line})"


def _value(reference: Path, resolved: Resolved) -> str:
    leaf = resolved.get(dotted(reference))
    if leaf is not None:
        return _shown(leaf)
    node = find(resolved.root, reference)
    return dump.inline(dict(scalars(node))[()].value) if node and () in dict(scalars(node)) else "…"


def _shown(leaf: Leaf) -> str:
    if leaf.is_broken:
        return "(unknown: its expression has an error; run `catalogctl validate`)"
    return dump.inline(leaf.value)


def _documented(path: Path) -> Iterator[str]:
    known = documentation.documentation_of(path)
    if known is None:
        return
    yield ""
    yield known.description
    yield f"accepts: {known.accepts}"
    if known.example:
        yield f"example: {known.example}"
    yield f"docs: docs/environments.md#{path[0]}"


def _unknown(key: str, resolved: Resolved) -> UsageError:
    section, _, rest = key.partition(".")
    sections = sorted({known.partition(".")[0] for known in resolved})
    keys = [known for known in resolved if known.startswith(f"{section}.")]
    hint = suggestion(key, [*resolved, *sections])
    if keys:
        near = suggestion(rest, [known.partition(".")[2] for known in keys])
        hint = near.replace("'", f"'{section}.", 1)
    listed = f"keys of {section}: {', '.join(keys)}" if keys else f"sections: {', '.join(sections)}"
    return UsageError(f"no key '{key}' in {resolved.name}", hint=hint or listed)
