"""A resolved manifest: every value, where it was written, and what it was made of."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from catalog_platform.findings import Location
from catalog_platform.manifest.merge import paths
from catalog_platform.manifest.node import (
    Node,
    Path,
    Scalar,
    Section,
    Tree,
    dotted,
    find,
    place,
    plain,
)


@dataclass(frozen=True, slots=True)
class Layer:
    """What one file says about a key. `text` is as it was written, lists and sections in flow."""

    location: Location
    value: Tree
    text: str


@dataclass(frozen=True, slots=True)
class Leaf:
    """A key's final value.

    `location` is the line of the layer that won, `expression` its Jinja text if it had one,
    `layers` every layer that set the key, the winner last. `value` is None, and `is_broken` true,
    when the expression has a finding.
    """

    value: Tree
    location: Location
    expression: str | None
    layers: tuple[Layer, ...]
    is_broken: bool = False


class Resolved(Mapping[str, Leaf]):
    """All leaves of an environment, by dotted path; a list is one leaf."""

    def __init__(
        self, name: str, layers: tuple[Section, ...], root: Section, broken: frozenset[Path]
    ) -> None:
        self.name = name
        self.root = root
        self._layers = layers
        self._leaves = {dotted(path): self._leaf(path, broken) for path in paths(root)}

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
        return self._layers[-1].location.file

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

    def _leaf(self, path: Path, broken: frozenset[Path]) -> Leaf:
        node = find(self.root, path)
        assert node is not None  # noqa: S101 - paths() has just found it
        is_broken = any(inner[: len(path)] == path for inner in broken)
        return Leaf(
            value=None if is_broken else plain(node),
            location=node.location,
            expression=node.text if isinstance(node, Scalar) and node.is_template else None,
            layers=self.layers(path),
            is_broken=is_broken,
        )

    def layers(self, path: Path) -> tuple[Layer, ...]:
        """What each file that sets a key says about it, the winner last."""
        found = (find(layer, path) for layer in self._layers)
        return tuple(Layer(node.location, plain(node), flow(node)) for node in found if node)


def parse_path(path: str) -> Path:
    """The steps of a dotted path: `network.availability_zones[0]`."""
    steps: list[str | int] = []
    for word in path.replace("[", ".[").split("."):
        index = word[1:-1] if word.startswith("[") and word.endswith("]") else ""
        steps.append(int(index) if index.isascii() and index.isdigit() and len(index) < 6 else word)
    return tuple(step for step in steps if step != "")


def flow(node: Node) -> str:
    """A node on one line, as its author wrote the values in it."""
    if isinstance(node, Scalar):
        return node.text if node.plain and node.text else f'"{node.text}"' if node.text else "null"
    if isinstance(node, Section):
        inner = (f"{key}: {flow(entry.node)}" for key, entry in node.entries.items())
        return "{" + ", ".join(inner) + "}"
    return "[" + ", ".join(flow(item) for item in node.items) + "]"
