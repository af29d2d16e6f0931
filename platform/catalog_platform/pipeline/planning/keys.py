"""The keys of a manifest whose values differ between two versions."""

from __future__ import annotations

from typing import Any

from msgspec import UNSET

from catalog_platform.errors import PlatformError
from catalog_platform.manifest import Leaf, Manifests
from catalog_platform.plan.model import KeyChange


def changed_keys(base: Manifests, head: Manifests, name: str, renamed: str) -> list[KeyChange]:
    """Return the keys that differ, in the order of the head; `renamed` is the name at the base.

    A side that can't be resolved has no keys.
    """
    old, new = _leaves(base, renamed), _leaves(head, name)
    if not old or not new:
        return []
    return [
        KeyChange(
            key=key,
            old=_value(old.get(key)),
            new=_value(new.get(key)),
            side="head" if key in new else "base",
            file=location.file,
            line=location.line,
        )
        for key in dict.fromkeys((*new, *old))
        if _value(old.get(key)) != _value(new.get(key))
        for location in [(new[key] if key in new else old[key]).location]
    ]


def _leaves(manifests: Manifests, name: str) -> dict[str, Leaf]:
    try:
        return dict(manifests.resolve(name))
    except PlatformError:
        return {}


def _value(leaf: Leaf | None) -> Any:
    return UNSET if leaf is None else leaf.value
