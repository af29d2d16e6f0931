"""The update of a stack from one template to another: which resources change, and how."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from catalog_platform.aws import provider_schemas
from catalog_platform.aws.refused_updates import conditional
from catalog_platform.aws.refused_updates.values import same

Template = Mapping[str, Any]
Resources = Mapping[str, Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class StackUpdate:
    """The resources of both templates.

    `replaced` has, for each replaced resource, the create-only properties that change, either
    themselves or because they refer to a replaced resource.
    """

    base: Resources
    head: Resources
    replaced: Mapping[str, tuple[str, ...]]

    @classmethod
    def between(cls, base: Template, head: Template) -> StackUpdate:
        """Return the update from one template to another."""
        return cls(
            base["Resources"], head["Resources"], _replaced(base["Resources"], head["Resources"])
        )

    @property
    def updates(self) -> Iterator[ResourceUpdate]:
        """Yield what changes, is added or refers to a replaced resource; then what is removed."""
        for logical_id, new in self.head.items():
            old = self.base.get(logical_id)
            if not same(old, new) or logical_id in self.replaced or self.refers_to_replaced(new):
                yield ResourceUpdate(self, logical_id, old or {}, new)
        for logical_id, old in self.base.items():
            if logical_id not in self.head:
                yield ResourceUpdate(self, logical_id, old, {})

    def refers_to_replaced(self, value: Any) -> bool:
        """Return whether a value refers to a resource that is replaced."""
        return any(name in self.replaced for name in references(value))


@dataclass(frozen=True, slots=True)
class ResourceUpdate:
    """The update of one resource; `old` is empty when it is added, `new` when it is removed."""

    stack: StackUpdate
    logical_id: str
    old: Mapping[str, Any]
    new: Mapping[str, Any]

    @property
    def type(self) -> str:
        """Return the resource type."""
        return str((self.new or self.old)["Type"])

    @property
    def is_added(self) -> bool:
        """Return whether the deployed template has no such resource."""
        return not self.old

    @property
    def is_removed(self) -> bool:
        """Return whether the new template has no such resource."""
        return not self.new

    @property
    def is_replaced(self) -> bool:
        """Return whether the update creates the resource: anew, or in place of the deployed one."""
        return self.is_added or self.logical_id in self.stack.replaced

    @property
    def replaced_by(self) -> tuple[str, ...]:
        """Return the create-only properties whose change replaces the resource."""
        return self.stack.replaced.get(self.logical_id, ())

    @property
    def identifier(self) -> tuple[str, ...]:
        """Return the properties that name the resource; empty when AWS assigns the name."""
        return provider_schemas.replacement(self.type).identifier

    def before(self, path: str) -> Any:
        """Return a property of the deployed template, such as `A.B`; None when it is unset."""
        return _get(self.old, path)

    def after(self, path: str) -> Any:
        """Return a property of the new template, such as `A.B`; None when it is unset."""
        return _get(self.new, path)

    @property
    def changed(self) -> frozenset[str]:
        """Return the names of the properties that change."""
        names = {*self.old.get("Properties", {}), *self.new.get("Properties", {})}
        return frozenset(name for name in names if self.changes(name))

    def changes(self, path: str) -> bool:
        """Return whether a property changes, itself or because what it refers to is replaced."""
        value = self.after(path)
        return not same(self.before(path), value) or self.stack.refers_to_replaced(value)


def references(value: Any) -> Iterator[str]:
    """Yield the logical ids that `Ref`, `Fn::GetAtt` and `Fn::Sub` in a value refer to."""
    if isinstance(value, list):
        for part in value:
            yield from references(part)
    elif isinstance(value, Mapping):
        for name, part in value.items():
            if name == "Ref" and isinstance(part, str):
                yield part
            elif name == "Fn::GetAtt":
                yield part[0] if isinstance(part, list) else part.partition(".")[0]
            elif name == "Fn::Sub":
                text = part[0] if isinstance(part, list) else part
                names = (each.partition("}")[0] for each in text.split("${")[1:])
                yield from (each.partition(".")[0] for each in names)
                yield from references(part[1:] if isinstance(part, list) else [])
            else:
                yield from references(part)


def _replaced(base: Resources, head: Resources) -> dict[str, tuple[str, ...]]:
    """Return the replaced resources with their properties; repeat until no reference adds one."""
    found: dict[str, tuple[str, ...]] = {}
    while True:
        changed = {
            logical_id: tuple(_changed_create_only(base[logical_id], new, found))
            for logical_id, new in head.items()
            if logical_id in base
        }
        now = {logical_id: why for logical_id, why in changed.items() if why}
        if now == found:
            return found
        found = now


def _changed_create_only(
    old: Mapping[str, Any], new: Mapping[str, Any], replaced: Mapping[str, Any]
) -> Iterator[str]:
    if old["Type"] != new["Type"]:
        yield "Type"
        return
    fixed = provider_schemas.replacement(new["Type"]).create_only
    for name in sorted(fixed | conditional.create_only(old, new)):
        value = _get(new, name)
        moved = any(each in replaced for each in references(value))
        if not same(_get(old, name), value) or moved:
            yield name


def _get(resource: Mapping[str, Any], path: str) -> Any:
    found: Any = resource.get("Properties", {})
    for part in path.split("."):
        found = found.get(part) if isinstance(found, Mapping) else None
    return found
