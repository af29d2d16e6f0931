"""Generator of docs/environments.md, the reference of manifest keys."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from catalog_platform import model
from catalog_platform.manifest.documentation import accepts
from catalog_platform.manifest.node import dotted
from catalog_platform.manifest.schema import Schema, dereferenced, manifest_schema, schema_of
from catalog_platform.reference.table import code, table

MAXIMUM_LISTED = 6
HEAD = """\
# Keys of an environment

Each file in `environments/` describes one environment and holds only overrides. Keys that it does
not set come from the files that it [extends](merging.md), then from `environments/defaults.yaml`;
this page lists those defaults. A value can be an [expression](expressions.md).
`catalogctl explain ENV KEY` shows where a value comes from; `catalogctl validate` checks all
manifests against the [rules](rules.md).

**Changes** lists the types of resources that a change of the key affects, measured with a
large test environment. A key without any affects the deployment itself or the defaults of other
keys.
"""


def page(defaults: Mapping[str, str], resources: Mapping[str, Sequence[str]]) -> str:
    """Return the text of the page."""
    sections = dereferenced(manifest_schema())["properties"]
    parts = [HEAD, *_directives()]
    for name, reference in sections.items():
        section = dereferenced(reference)
        rows = _rows((name,), section, defaults, resources)
        head = ("key", "accepts", "default", "meaning", "changes")
        parts.append(f"## {name}\n\n{section['description']}\n\n{table(head, rows)}")
    return "\n".join(parts)


def _rows(
    path: tuple[str, ...],
    section: Schema,
    defaults: Mapping[str, str],
    resources: Mapping[str, Sequence[str]],
) -> Iterator[Sequence[str]]:
    for key, inner in section["properties"].items():
        full = dotted((*path, key))
        schema = dereferenced(inner)
        if "properties" in schema:
            yield code(".".join((*path[1:], key))), "", "", schema.get("description", ""), ""
            yield from _rows((*path, key), schema, defaults, resources)
            continue
        default, accepted = defaults.get(full, "null"), _accepted(schema)
        must_be_set = default == "null" and not accepted.endswith("null")
        yield (
            code(".".join((*path[1:], key))),
            accepted,
            "set by each environment" if must_be_set else code(default),
            schema.get("description", "") + _examples(schema),
            _changed(resources.get(full, ())),
        )


def _accepted(schema: Schema) -> str:
    inner = dereferenced(schema.get("items", {}))
    if "properties" not in inner:
        return accepts(schema)
    keys = (f"{code(key)}: {accepts(each)}" for key, each in inner["properties"].items())
    return f"list, at most {schema['maxItems']}; each element: {'; '.join(keys)}"


def _examples(schema: Schema) -> str:
    examples = schema.get("examples", ())
    shown = (", ".join(each) if isinstance(each, list) else str(each) for each in examples[:1])
    return "".join(f" For example {code(each)}." for each in shown)


def _changed(types: Sequence[str]) -> str:
    if len(types) > MAXIMUM_LISTED:
        return f"{len(types)} resource types"
    return ", ".join(types)


def _directives() -> Iterator[str]:
    schema = schema_of(model.Directives)["$defs"]["Directives"]["properties"]
    rows = [(code(name), each["description"].replace("docs/", "")) for name, each in schema.items()]
    about = (
        "Directives control how files are combined. They are read before expressions are evaluated "
        "and cannot contain any. `divergences` and `exceptions` are about one environment: another "
        "one that extends its file does not inherit them, and a file in a folder cannot contain "
        "them."
    )
    yield f"## Directives\n\n{about}\n\n{table(('key', 'meaning'), rows)}"
    yield (
        "```yaml\nextends: [shared/two-zones.yaml]\nmerge:\n  network.interface_endpoints: append\n"
        "divergences:\n  - key: database.read_replicas\n"
        "    reason: reports run against production only\n"
        "exceptions:\n  - rule: production-tolerates-zone-loss\n    key: database.multi_az\n"
        "    reason: The catalog of this region is fed again within minutes.\n"
        "    owner: catalog-platform\n    expires: 2030-12-31\n```\n"
    )
