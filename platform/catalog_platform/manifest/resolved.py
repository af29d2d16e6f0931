"""A resolved manifest: every value with its location and origin."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property

from catalog_platform.findings import Location
from catalog_platform.manifest import merge
from catalog_platform.manifest.node import (
    MappingNode,
    Path,
    ScalarNode,
    Tree,
    dotted,
    find,
    flow,
    location_of,
    parse_path,
    plain,
)
from catalog_platform.model import Divergence


@dataclass(frozen=True, slots=True)
class Contribution:
    """What one file contributes to a key. `text` is the value as written, on one line.

    `effect` is sets, appends, replaces or unsets. `counts` is false if a later file overrides the
    contribution.
    """

    location: Location
    value: Tree
    text: str
    effect: str = "sets"
    counts: bool = True


@dataclass(frozen=True, slots=True)
class Leaf:
    """A key's final value.

    `location` is that of the effective value, `expression` its Jinja text if any, and `layers` are
    the contributions of all files in merge order. If the expression has a finding, `value` is None
    and `is_broken` is true.
    """

    value: Tree
    location: Location
    expression: str | None
    layers: tuple[Contribution, ...]
    is_broken: bool = False


class Resolved(Mapping[str, Leaf]):
    """All leaves of an environment by dotted path; a list is one leaf."""

    def __init__(
        self,
        name: str,
        layers: tuple[merge.Layer, ...],
        root: MappingNode,
        broken: frozenset[Path],
        divergences: tuple[Divergence, ...] = (),
    ) -> None:
        self.name = name
        self.divergences = divergences
        self.root = root
        self._layers = layers
        self._broken = broken

    @cached_property
    def _leaves(self) -> dict[str, Leaf]:
        return {dotted(path): self._leaf(path) for path in merge.paths(self.root)}

    def __getitem__(self, path: str) -> Leaf:
        """Return the leaf of a dotted path. Raises `KeyError` for a section or an unknown key."""
        return self._leaves[path]

    def __iter__(self) -> Iterator[str]:
        """Return an iterator of dotted paths, in the order of the defaults."""
        return iter(self._leaves)

    def __len__(self) -> int:
        """Return the number of leaves."""
        return len(self._leaves)

    @property
    def tree(self) -> Tree:
        """Return the values as nested dicts and lists."""
        return plain(self.root)

    @property
    def file(self) -> str:
        """Return the environment's own file, relative to the repository."""
        return self._layers[-1].root.location.file

    def locate(self, path: str) -> Location:
        """Return the location of the effective key, section or list element.

        Falls back to the nearest enclosing section, then to the first line of the environment's
        file. A section that the environment's own file contains is located there.
        """
        steps = parse_path(path)
        while steps:
            found = location_of(self.root, steps)
            if found is not None:
                return found
            steps = steps[:-1]
        return Location(self.file)

    def _leaf(self, path: Path) -> Leaf:
        node = find(self.root, path)
        assert node is not None  # noqa: S101 - paths() has just found it
        is_broken = any(inner[: len(path)] == path for inner in self._broken)
        return Leaf(
            value=None if is_broken else plain(node),
            location=node.location,
            expression=node.text if isinstance(node, ScalarNode) and node.is_template else None,
            layers=self.layers(path),
            is_broken=is_broken,
        )

    def layers(self, path: Path) -> tuple[Contribution, ...]:
        """Return what each file contributes to a key, in merge order."""
        found: list[Contribution] = []
        for layer in self._layers:
            node = find(layer.root, path)
            override, location = layer.overrides.get(path, ("", layer.root.location))
            outer = _outer(layer, path)
            if "unset" in (override, outer) or outer == "replace":
                found = [replace(each, counts=number == 0) for number, each in enumerate(found)]
            if node is not None and override != "append":
                found = [replace(each, counts=False) for each in found]
            if override == "unset":
                found.append(Contribution(location, None, "unset", "unsets", counts=False))
            elif node is not None:
                effect = f"{override}s" if override else "sets"
                found.append(Contribution(node.location, plain(node), flow(node), effect))
        return tuple(found)


def _outer(layer: merge.Layer, path: Path) -> str:
    """Return the override that a file sets for the innermost section around a key, or ""."""
    overrides = [
        layer.overrides[path[:depth]][0]
        for depth in range(1, len(path))
        if path[:depth] in layer.overrides
    ]
    return overrides[-1] if overrides else ""
