"""Plants weaknesses, one at a time, in the template of a production environment.

`tests/policies/weaknesses/*.yaml` has the edits by resource type. Each is applied to every resource
of the type, or to those whose construct path matches a pattern of `at`:

- `{remove: KmsKeyId}`: the property (or attribute) is removed; `{remove: itself}`: the resource
  and all references to it; `{remove: all}`: all resources of the type together.
- `{weaken: {Path: value}}`, `{open: {Path: value}}`: each property gets the value; null removes it.
- `{add: Construct/Path, Properties: {…}}`: a resource of the type is added at a construct path.

`/` separates the steps of a path. In a list, a step is an index, `Key=value` for the first element
with this value, or `+` for a new element. Values refer to resources by construct path; the text
`$Resource` is the resource of the document's first statement. `as` describes a long value.
"""

from __future__ import annotations

import copy
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from functools import cached_property
from pathlib import Path
from typing import Any

import yaml

from support.synthesis import Template

FOLDER = Path(__file__).parents[1] / "policies" / "weaknesses"
ATTRIBUTES = ("DeletionPolicy", "UpdateReplacePolicy", "UpdatePolicy")
KINDS = {"remove": "removed", "weaken": "weakened", "open": "opened", "add": "added"}
ITSELF, ALL = "itself", "all"
REFERENCES = ("Ref", "Fn::GetAtt")


class WeaknessError(Exception):
    """An edit does not fit the template."""


@dataclass(frozen=True)
class Weakness:
    """An edit of one resource, which has a construct path. `edits` are values by path.

    The value None removes a property; the paths `itself` and `all` remove resources.
    """

    kind: str
    type: str
    resource: str
    description: str
    edits: Mapping[str, Any]

    @property
    def id(self) -> str:
        """Return a unique name: the resource and what is wrong with it."""
        return f"{self.resource}: {self.description}"

    @property
    def section(self) -> str:
        """Return the construct of the manifest section, such as `DeadLetters`."""
        return self.resource.partition("/")[0]


class Planter:
    """Load the weaknesses that fit a template, and plant them in copies of it."""

    def __init__(self, template: Template) -> None:
        self._template = template

    @cached_property
    def weaknesses(self) -> list[Weakness]:
        """All weaknesses, by section and resource. Raises `WeaknessError`."""
        found = [
            weakness
            for file in sorted(FOLDER.glob("*.yaml"))
            for kind, entries in yaml.safe_load(file.read_text("utf-8")).items()
            for entry in entries
            for weakness in self._expand(kind, entry)
        ]
        return sorted(found, key=lambda each: (each.resource, each.kind, each.id))

    def _expand(self, kind: str, entry: Mapping[str, Any]) -> Iterator[Weakness]:
        (verb,) = KINDS.keys() & entry.keys()
        edits = entry[verb]
        if verb == "add":
            body = {"Type": kind, "Properties": entry["Properties"]}
            yield Weakness(KINDS[verb], kind, edits, entry.get("as", f"`{kind}` added"), body)
            return
        if verb == "remove":
            edits = dict.fromkeys([edits] if isinstance(edits, str) else edits)
        matching = self._matching(kind, entry.get("at", ["*"]))
        text = entry.get("as") or _described(edits)
        for resource in matching[:1] if ALL in edits else matching:
            yield Weakness(KINDS[verb], kind, resource, text, edits)

    def _matching(self, kind: str, patterns: Sequence[str]) -> list[str]:
        found = {
            path
            for path, logical_id in self._template.logical_ids.items()
            if logical_id in self._template.resources
            and self._template.resources[logical_id]["Type"] == kind
        }
        matching = {
            pattern: [path for path in found if fnmatchcase(path, pattern)] for pattern in patterns
        }
        for pattern, paths in matching.items():
            if not paths:
                raise WeaknessError(f"{kind}: no construct path matches {pattern!r}")
        return sorted({path for paths in matching.values() for path in paths})

    def plant(self, weaknesses: Iterable[Weakness]) -> dict[str, Any]:
        """Return the content of the template with the weaknesses. Raises `WeaknessError`."""
        content = copy.deepcopy(self._template.content)
        for weakness in weaknesses:
            self._plant(content, weakness)
        return content

    def logical_ids(self, weakness: Weakness) -> set[str]:
        """Return the logical ids of the resources that a weakness changes, adds or removes."""
        if weakness.kind == "added":
            return {weakness.resource.replace("/", "")}
        if ALL in weakness.edits:
            return set(self._template.all_of(weakness.type))
        return {self._template.logical_ids[weakness.resource]}

    def _plant(self, content: dict[str, Any], weakness: Weakness) -> None:
        resources = content["Resources"]
        logical_ids = self.logical_ids(weakness)
        if weakness.edits.keys() & {ITSELF, ALL}:
            for each in logical_ids:
                _remove_resource(content, each)
            return
        (logical_id,) = logical_ids
        if weakness.kind == "added":
            metadata = {"aws:cdk:path": weakness.resource}
            body = {**self._resolved(weakness.edits, None), "Metadata": metadata}
            resources[logical_id] = body
            return
        properties = resources[logical_id].setdefault("Properties", {})
        for path, value in weakness.edits.items():
            target = resources[logical_id] if path in ATTRIBUTES else properties
            try:
                _edit(target, path.split("/"), self._resolved(value, properties))
            except (LookupError, StopIteration, ValueError) as error:
                raise WeaknessError(f"{weakness.id}: {path}: {error!r}") from error

    def _resolved(self, value: Any, properties: Mapping[str, Any] | None) -> Any:
        """Return a value with logical ids instead of construct paths."""
        if value == "$Resource":
            document = (properties or {})["PolicyDocument"]
            return document["Statement"][0]["Resource"]
        if isinstance(value, list):
            return [self._resolved(each, properties) for each in value]
        if not isinstance(value, dict):
            return value
        if value.keys() == {"Ref"} and "::" not in value["Ref"]:
            return {"Ref": self._template.logical_ids[value["Ref"]]}
        if value.keys() == {"Fn::GetAtt"}:
            construct, attribute = value["Fn::GetAtt"]
            return {"Fn::GetAtt": [self._template.logical_ids[construct], attribute]}
        return {key: self._resolved(each, properties) for key, each in value.items()}


def _described(edits: Mapping[str, Any]) -> str:
    parts = []
    for path, value in edits.items():
        if path in (ITSELF, ALL):
            parts.append("resource removed" if path == ITSELF else "all of this type removed")
        elif value is None:
            parts.append(f"`{path}` removed")
        else:
            parts.append(f"`{path}`: `{value if isinstance(value, str) else json.dumps(value)}`")
    return ", ".join(parts)


def _edit(node: Any, steps: Sequence[str], value: Any) -> None:
    """Set the value at a path, or remove it if the value is None."""
    *parents, last = steps
    for step in parents:
        if isinstance(node, dict) and step not in node and value is not None:
            node[step] = [] if parents[-1] == step and last == "+" else {}
        node = node[_key(node, step)]
    if last == "+":
        node.append(value)
    elif value is None:
        del node[_key(node, last)]
    else:
        node[_key(node, last) if isinstance(node, list) else last] = value


def _key(node: Any, step: str) -> Any:
    if not isinstance(node, list):
        return step
    if step.isdigit():
        return int(step)
    name, _, wanted = step.partition("=")
    return next(index for index, each in enumerate(node) if wanted in _as_list(each.get(name)))


def _as_list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _remove_resource(content: dict[str, Any], logical_id: str) -> None:
    """Remove a resource, and every property, list element and output that refers to it."""
    del content["Resources"][logical_id]
    for resource in content["Resources"].values():
        _remove_references(resource, logical_id)
        if logical_id in resource.get("DependsOn", []):
            resource["DependsOn"].remove(logical_id)
    outputs = content.get("Outputs", {})
    for name in [name for name, output in outputs.items() if logical_id in json.dumps(output)]:
        del outputs[name]


def _remove_references(node: Any, logical_id: str) -> None:
    if isinstance(node, dict):
        for key in [key for key, each in node.items() if _refers(each, logical_id)]:
            del node[key]
        for each in node.values():
            _remove_references(each, logical_id)
    elif isinstance(node, list):
        node[:] = [each for each in node if not _refers(each, logical_id)]
        for each in node:
            _remove_references(each, logical_id)


def _refers(node: Any, logical_id: str) -> bool:
    return (
        isinstance(node, dict)
        and len(node) == 1
        and any(_as_list(node.get(name))[0] == logical_id for name in REFERENCES)
    )
