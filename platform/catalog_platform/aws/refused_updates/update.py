"""The update of a stack from one template to another: which resources change, and how."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from catalog_platform.aws import conditional_properties, provider_schemas
from catalog_platform.aws.refused_updates import moved_attributes
from catalog_platform.aws.refused_updates.values import same

Template = Mapping[str, Any]
Resources = Mapping[str, Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class StackUpdate:
    """The resources of both templates.

    `replaced` has, for each replaced resource, the create-only properties that change, either
    themselves or because of what they refer to. `moved` has the attributes that change while their
    resource is updated in place.
    """

    base: Resources
    head: Resources
    replaced: Mapping[str, tuple[str, ...]]
    moved: moved_attributes.Moved

    @classmethod
    def between(cls, base: Template, head: Template) -> StackUpdate:
        """Return the update from one template to another."""
        resources = base["Resources"], head["Resources"]
        return cls(*resources, *_effects(*resources))

    @property
    def updates(self) -> Iterator[ResourceUpdate]:
        """Yield what is added, changes or refers to a changed value; then what is removed."""
        for logical_id, new in self.head.items():
            old = self.base.get(logical_id)
            if not same(old, new) or logical_id in self.replaced or self.refers_to_changed(new):
                yield ResourceUpdate(self, logical_id, old or {}, new)
        for logical_id, old in self.base.items():
            if logical_id not in self.head:
                yield ResourceUpdate(self, logical_id, old, {})

    def refers_to_replaced(self, value: Any) -> bool:
        """Return whether a value refers to a resource that is replaced."""
        return any(name in self.replaced for name in references(value))

    def refers_to_changed(self, value: Any) -> bool:
        """Return whether a value refers to a replaced resource or to an attribute that moves."""
        return self.refers_to_replaced(value) or bool(moved_attributes.referred(value, self.moved))


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
    def changes_type(self) -> bool:
        """Return whether the logical id gets a resource of another type."""
        return bool(self.old and self.new) and self.old["Type"] != self.new["Type"]

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
        """Return whether a property changes, itself or because of what it refers to."""
        value = self.after(path)
        return not same(self.before(path), value) or self.stack.refers_to_changed(value)


def references(value: Any) -> Iterator[str]:
    """Yield the logical ids that `Ref`, `Fn::GetAtt` and `Fn::Sub` in a value refer to."""
    yield from (name for name, _ in moved_attributes.reads(value))


def _effects(
    base: Resources, head: Resources
) -> tuple[dict[str, tuple[str, ...]], moved_attributes.Moved]:
    """Return what is replaced, by which properties, and the attributes that move.

    Either can make more resources change: repeat until no reference adds one.
    """
    replaced: dict[str, tuple[str, ...]] = {}
    moved: moved_attributes.Moved = frozenset()
    while True:
        changed = {
            logical_id: tuple(_changed_create_only(base[logical_id], new, replaced, moved))
            for logical_id, new in head.items()
            if logical_id in base
        }
        found = {logical_id: why for logical_id, why in changed.items() if why}
        moving = moved_attributes.between(base, head, found, moved)
        if (found, moving) == (replaced, moved):
            return found, moved
        replaced, moved = found, moving


def _changed_create_only(
    old: Mapping[str, Any],
    new: Mapping[str, Any],
    replaced: Mapping[str, Any],
    moved: moved_attributes.Moved,
) -> Iterator[str]:
    kind = new["Type"]
    if old["Type"] != kind:
        yield "Type"
        return
    schema = provider_schemas.replacement(kind)
    conditional = schema.conditional | conditional_properties.of_type(kind)
    for name in sorted(schema.create_only | conditional):
        before, value = _get(old, name), _get(new, name)
        changes = (
            not same(before, value)
            or any(each in replaced for each in references(value))
            or moved_attributes.referred(value, moved)
        )
        if changes and (
            name in schema.create_only
            or conditional_properties.replaces(kind, name, before, value, new)
        ):
            yield name


def _get(resource: Mapping[str, Any], path: str) -> Any:
    found: Any = resource.get("Properties", {})
    for part in path.split("."):
        found = found.get(part) if isinstance(found, Mapping) else None
    return found
