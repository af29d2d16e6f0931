"""The properties of a resource that change, down to the value."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from catalog_platform.aws.refused_updates.values import same

# Attributes of a resource that decide about its life; changes of others have no effect.
ATTRIBUTES = (
    "DeletionPolicy",
    "UpdateReplacePolicy",
    "UpdatePolicy",
    "CreationPolicy",
    "Condition",
)


class Unset:
    """The value of a property that a template does not set."""

    def __repr__(self) -> str:
        """Return the word for it in reports."""
        return "(unset)"


UNSET = Unset()


@dataclass(frozen=True, slots=True)
class ValueChange:
    """A property with its values in both templates, `UNSET` where it is missing.

    `path` is such as `VpcConfig.SubnetIds[0]`, or `Tags[owner]` for a list of keys and values.
    """

    path: str
    old: Any
    new: Any

    @property
    def property(self) -> str:
        """Return the property of the resource that contains the value."""
        return self.path.partition(".")[0].partition("[")[0]


def value_changes(old: Mapping[str, Any], new: Mapping[str, Any]) -> tuple[ValueChange, ...]:
    """Return the differences between the attributes and properties of two resources, sorted."""
    attributes = (
        ValueChange(name, old.get(name, UNSET), new.get(name, UNSET))
        for name in ATTRIBUTES
        if old.get(name) != new.get(name)
    )
    return (*attributes, *_differences("", old.get("Properties", {}), new.get("Properties", {})))


def _differences(path: str, old: Any, new: Any) -> Iterator[ValueChange]:
    if old is not UNSET and new is not UNSET and same(old, new):
        return
    if isinstance(old, Mapping) and isinstance(new, Mapping) and not _is_function(old, new):
        for name in sorted(old.keys() | new.keys()):
            inner = f"{path}.{name}" if path else name
            yield from _differences(inner, old.get(name, UNSET), new.get(name, UNSET))
        return
    if isinstance(old, list) and isinstance(new, list):
        pairs = _pairs(old, new)
        if pairs is not None:
            for key, before, now in pairs:
                yield from _differences(f"{path}[{key}]", before, now)
            return
    yield ValueChange(path, old, new)


def _is_function(*values: Mapping[str, Any]) -> bool:
    """Return whether a mapping is a call of an intrinsic function, whose parts mean nothing."""
    return any(
        len(value) == 1 and next(iter(value)).startswith(("Fn::", "Ref")) for value in values
    )


def _pairs(old: list[Any], new: list[Any]) -> list[tuple[str, Any, Any]] | None:
    """Return the elements of two lists that belong together, None when that is not known."""
    if _is_keyed(old) and _is_keyed(new):
        before = {each["Key"]: each["Value"] for each in old}
        now = {each["Key"]: each["Value"] for each in new}
        keys = sorted(before.keys() | now.keys())
        return [(key, before.get(key, UNSET), now.get(key, UNSET)) for key in keys]
    if len(old) == len(new) and all(isinstance(each, Mapping) for each in (*old, *new)):
        return [(str(at), *pair) for at, pair in enumerate(zip(old, new, strict=True))]
    return None


def _is_keyed(values: list[Any]) -> bool:
    """Return whether a list has keys and values, each key once; an empty one has none."""
    if not all(isinstance(each, Mapping) and set(each) == {"Key", "Value"} for each in values):
        return False
    keys = [each["Key"] for each in values]
    return all(isinstance(key, str) for key in keys) and len(set(keys)) == len(keys)
