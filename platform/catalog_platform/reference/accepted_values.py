"""Generator of docs/accepted-values.md: what AWS accepts for each key, and what a manifest accepts.

The properties of a key are measured (platform/schema/properties.json); AWS's constraints are
generated from CloudFormation's provider schemas and the services' APIs (aws_constraints.json).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from catalog_platform.manifest.documentation import accepts, leaves
from catalog_platform.manifest.node import parse_path
from catalog_platform.manifest.rule_registry import chapters
from catalog_platform.manifest.schema import Schema, dereferenced, schema_at
from catalog_platform.reference.reasons import BY_PROPERTY, REASONS
from catalog_platform.reference.rules import Example
from catalog_platform.reference.table import code, table

Property = Mapping[str, Any]
LONGEST_ENUM = 12
MOST_TYPES = 4
REPORTED = re.compile(
    r"^environments/\S+ (warning: )?(?P<key>[a-z_]+\.[^ ]+): .*\[(?P<rule>[a-z-]+)\]$", re.MULTILINE
)
HEAD = """\
# Accepted values

What AWS accepts for each key, and what a manifest accepts. **AWS property** is measured: another
value of the key changes it, in a stack like production's. If no property shows the value, the types
of resources that it changes are listed. **AWS accepts** comes from CloudFormation's schema of the
property and from the service's API ({sources}).

A manifest accepts no more than AWS. Where AWS publishes no limit or its sources differ, **rules and
reasons** has the [rules](rules.md) that apply, or why no rule does.
"""
ROW_HEAD = ("key", "AWS property", "AWS accepts", "a manifest accepts", "rules and reasons")


def page(
    resources: Mapping[str, Sequence[str]],
    properties: Mapping[str, Sequence[Property]],
    constraints: Mapping[str, Any],
    examples: Mapping[str, Example],
) -> str:
    """Return the text of the page, with one table per section."""
    rules = rules_by_key(examples)
    parts = [HEAD.format(sources=constraints.get("sources", ""))]
    sections = dict.fromkeys(key.split(".")[0] for key in leaves())
    for section in sections:
        rows = [
            _row(
                key,
                resources.get(key, ()),
                properties.get(key, ()),
                constraints.get("properties", {}),
                rules,
            )
            for key in leaves()
            if key.split(".")[0] == section
        ]
        parts.append(f"## {section}\n\n{table(ROW_HEAD, rows)}")
    return "\n".join(parts)


def rules_by_key(examples: Mapping[str, Example]) -> dict[str, list[str]]:
    """Return the consistency rules that report each key in the examples."""
    found: dict[str, list[str]] = {}
    for example in examples.values():
        for match in REPORTED.finditer(example.reported):
            key = _leaf_of(match["key"])
            if match["rule"] in chapters()["Consistency"]:
                found.setdefault(key, []).append(match["rule"])
    return {key: sorted(set(names)) for key, names in found.items()}


def _leaf_of(path: str) -> str:
    return path.partition("[")[0]


def differences(
    key: str,
    properties: Sequence[Property],
    constraints: Mapping[str, Any],
    resources: Sequence[str] = (),
) -> tuple[str, ...]:
    """Return where a manifest accepts more than AWS publishes, or AWS publishes nothing.

    Empty for keys that change no resource. Switches and choices differ only if a property shows
    their value: otherwise the code decides what they mean.
    """
    own = _own(key)
    if own.get("type") == "boolean":
        return ()
    if not properties:
        return () if "enum" in own or not resources else ("no property shows the value",)
    found: list[str] = []
    published = False
    for each in properties:
        facts = constraints.get(each["property"], {})
        for source in ("schema", "api"):
            known = facts.get(source, {})
            published = published or bool(known)
            found += _beyond(own, known, each["unit"])
    return tuple(dict.fromkeys(found if published else ["AWS publishes no limit"]))


def reasons_of(key: str, properties: Sequence[Property]) -> tuple[str, ...]:
    """Return the written reasons for a key, including those of its properties."""
    known = (BY_PROPERTY.get(each["property"], "") for each in properties)
    return tuple(dict.fromkeys(filter(None, (REASONS.get(key, ""), *known))))


def _own(key: str) -> Schema:
    schema = schema_at(parse_path(key)) or {}
    choices = [dereferenced(each) for each in schema.get("anyOf", [schema])]
    return next(each for each in choices if each.get("type") != "null")


def _beyond(own: Schema, known: Mapping[str, Any], unit: int) -> Iterator[str]:
    if own.get("type") == "array":
        yield from _beyond(dereferenced(own["items"]), known, unit)
        return
    if own.get("type") == "integer":
        numbers = own.get("enum") or [own["minimum"], own["maximum"]]
        if "minimum" in known and min(numbers) * unit < known["minimum"]:
            yield f"AWS's minimum is {known['minimum']}"
        if "maximum" in known and max(numbers) * unit > known["maximum"]:
            yield f"AWS's maximum is {known['maximum']}"
    choices = {_plain(each) for each in known.get("enum", ())}
    if choices and "enum" in own:
        yield from (
            f"AWS does not list {each}" for each in own["enum"] if _plain(each) not in choices
        )
    elif choices and own.get("type") == "string":
        yield "AWS lists the values"
    if own.get("maxLength", 0) > known.get("maxLength", own.get("maxLength", 0)):
        yield f"AWS allows {known['maxLength']} characters"


def _plain(value: object) -> str:
    return re.sub(r"[^a-z0-9]", "", str(value).lower())


def _row(
    key: str,
    resources: Sequence[str],
    properties: Sequence[Property],
    constraints: Mapping[str, Any],
    rules: Mapping[str, Sequence[str]],
) -> Sequence[str]:
    names = [code(each["property"]) + _unit(each["unit"]) for each in properties]
    facts = [_published(constraints.get(each["property"], {})) for each in properties]
    links = [f"[{rule}](rules.md#{rule})" for rule in rules.get(key, ())]
    reasons = list(reasons_of(key, properties))
    schema = schema_at(parse_path(key)) or {}
    return (
        code(key),
        ", ".join(names) or _changed(resources),
        "; ".join(dict.fromkeys(filter(None, facts))),
        _accepted(schema),
        " · ".join([*links, *reasons]),
    )


def _changed(resources: Sequence[str]) -> str:
    if not resources:
        return "none"
    many = len(resources) > MOST_TYPES
    return f"in {len(resources)} resource types" if many else f"in {', '.join(resources)}"


def _accepted(schema: Schema) -> str:
    inner = dereferenced(schema.get("items", {}))
    if "properties" not in inner:
        return accepts(schema)
    keys = (f"{code(name)}: {accepts(each)}" for name, each in inner["properties"].items())
    return f"list, at most {schema['maxItems']}; each element: {'; '.join(keys)}"


def _unit(unit: int) -> str:
    return f" (in 1/{unit})" if unit != 1 else ""


def _published(facts: Mapping[str, Any]) -> str:
    parts = []
    for source, name in (("schema", "schema"), ("api", facts.get("operation", "api"))):
        if known := facts.get(source):
            parts.append(f"{name}: {', '.join(_constraint(*each) for each in known.items())}")
    return "; ".join(parts)


def _constraint(name: str, value: Any) -> str:
    if name != "enum":
        return f"{name} {code(str(value))}"
    listed = ", ".join(str(each) for each in value[:LONGEST_ENUM])
    return f"one of {listed}" + (", …" if len(value) > LONGEST_ENUM else "")
