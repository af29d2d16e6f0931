"""A resolved manifest: every value, where it was written, and what it was made of."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property

from catalog_platform.findings import Location
from catalog_platform.manifest import merge
from catalog_platform.manifest.node import (
    Path,
    Scalar,
    Section,
    Tree,
    dotted,
    find,
    flow,
    parse_path,
    place,
    plain,
)
from catalog_platform.model import Divergence


@dataclass(frozen=True, slots=True)
class Layer:
    """What one file says about a key. `text` is as it was written, lists and sections in flow.

    `effect` is what it does: sets, appends, replaces or unsets. `counts` tells whether the outcome
    still shows it.
    """

    location: Location
    value: Tree
    text: str
    effect: str = "sets"
    counts: bool = True


@dataclass(frozen=True, slots=True)
class Leaf:
    """A key's final value.

    `location` is the line of the layer that won, `expression` its Jinja text if it had one,
    `layers` every layer that says something about the key, in the order of merging. `value` is
    None, and `is_broken` true, when the expression has a finding.
    """

    value: Tree
    location: Location
    expression: str | None
    layers: tuple[Layer, ...]
    is_broken: bool = False


class Resolved(Mapping[str, Leaf]):
    """All leaves of an environment, by dotted path; a list is one leaf."""

    def __init__(
        self,
        name: str,
        layers: tuple[merge.Layer, ...],
        root: Section,
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
        """The leaf of a dotted path; `KeyError` for a section or an unknown key."""
        return self._leaves[path]

    def __iter__(self) -> Iterator[str]:
        """Dotted paths, in the order of the defaults."""
        return iter(self._leaves)

    def __len__(self) -> int:
        """How many leaves there are."""
        return len(self._leaves)

    @property
    def tree(self) -> Tree:
        """The values, nested as in the file."""
        return plain(self.root)

    @property
    def file(self) -> str:
        """The environment's own file, relative to the repository."""
        return self._layers[-1].root.location.file

    def locate(self, path: str) -> Location:
        """Where a key, section or element of a list is written, in the layer that won.

        Falls back to the nearest section around it, then to the first line of the environment's
        file; a section is found in the environment's file when it has one there.
        """
        steps = parse_path(path)
        while steps:
            found = place(self.root, steps)
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
            expression=node.text if isinstance(node, Scalar) and node.is_template else None,
            layers=self.layers(path),
            is_broken=is_broken,
        )

    def layers(self, path: Path) -> tuple[Layer, ...]:
        """What each file says about a key, in the order of merging."""
        said: list[Layer] = []
        for layer in self._layers:
            node = find(layer.root, path)
            asked, place = layer.overrides.get(path, ("", layer.root.location))
            outer = _outer(layer, path)
            if "unset" in (asked, outer) or outer == "replace":
                said = [replace(each, counts=number == 0) for number, each in enumerate(said)]
            if node is not None and asked != "append":
                said = [replace(each, counts=False) for each in said]
            if asked == "unset":
                said.append(Layer(place, None, "unset", "unsets", counts=False))
            elif node is not None:
                effect = f"{asked}s" if asked else "sets"
                said.append(Layer(node.location, plain(node), flow(node), effect))
        return tuple(said)


def _outer(layer: merge.Layer, path: Path) -> str:
    """What a file asks for a section that a key lies in."""
    asked = [
        layer.overrides[path[:depth]][0]
        for depth in range(1, len(path))
        if path[:depth] in layer.overrides
    ]
    return asked[-1] if asked else ""
