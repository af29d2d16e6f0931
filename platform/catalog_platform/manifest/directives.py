"""The directives of a manifest: `extends`, `merge`, `divergences`, `exceptions`."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Literal

import msgspec

from catalog_platform import model
from catalog_platform.findings import Finding, Location, suggestion
from catalog_platform.manifest import schema, schema_check
from catalog_platform.manifest.documentation import keys
from catalog_platform.manifest.node import (
    MappingNode,
    Path,
    ScalarNode,
    SequenceNode,
    dotted,
    find,
    location_of,
    parse_path,
    plain,
    scalars,
)

NAMES = model.Directives.__struct_fields__
NONE = model.Directives()
FileKind = Literal["defaults", "environment", "extended"]
ALLOWED: Mapping[FileKind, tuple[Collection[str], str]] = {
    "defaults": ((), "defaults.yaml, which every environment extends"),
    "environment": (NAMES, ""),
    # Differences and exceptions have their reason in one environment; none inherits them.
    "extended": (("extends", "merge"), "a file in a folder, which several environments can extend"),
}


@dataclass(frozen=True, slots=True)
class FileDirectives:
    """The directives of a file with their locations. With findings, `values` is empty."""

    section: MappingNode
    values: model.Directives = NONE
    findings: tuple[Finding, ...] = ()

    @property
    def extends(self) -> tuple[ScalarNode, ...]:
        """Return the names of extended files, with their locations."""
        listed = find(self.section, ("extends",))
        items = listed.items if isinstance(listed, SequenceNode) else ()
        names = (item for item in items[:8] if isinstance(item, ScalarNode))
        return tuple(name for name in names if isinstance(name.value, str) and not name.is_template)

    @property
    def overrides(self) -> dict[Path, tuple[model.directives.Strategy, Location]]:
        """Return merge strategies with their locations, by the path they apply to."""
        return {
            parse_path(key): (strategy, self.location_of(("merge", key)))
            for key, strategy in self.values.merge.items()
        }

    def location_of(self, path: Path) -> Location:
        """Return the location of a directive."""
        return location_of(self.section, path) or self.section.location


def split(root: MappingNode, file: str, kind: FileKind) -> tuple[MappingNode, FileDirectives]:
    """Split a file into its sections and its directives."""
    entries = {key: entry for key, entry in root.entries.items() if key not in NAMES}
    directives = {key: entry for key, entry in root.entries.items() if key in NAMES}
    settings = replace(root, entries=entries)
    section = MappingNode(directives, root.location)
    if not directives:
        return settings, FileDirectives(section)
    if misplaced := tuple(_misplaced(section, kind)):
        return settings, FileDirectives(section, findings=misplaced)
    found = [*_expressions(section), *schema_check.check(section, file, (), of=model.Directives)]
    if not found:
        values = msgspec.convert(plain(section), model.Directives)
        found = list(_unknown_keys(FileDirectives(section, values)))
        if not found:
            return settings, FileDirectives(section, values)
    return settings, FileDirectives(section, findings=tuple(found))


def _misplaced(section: MappingNode, kind: FileKind) -> Iterator[Finding]:
    allowed, where = ALLOWED[kind]
    for name, entry in section.entries.items():
        if name in allowed:
            continue
        yield Finding(
            rule="directive",
            message=f"'{name}' is not allowed in {where}",
            location=entry.location,
            path=name,
            hint="move it to the file of an environment",
        )


def _expressions(section: MappingNode) -> Iterator[Finding]:
    for path, leaf in scalars(section):
        if leaf.is_template:
            yield Finding(
                rule="directive",
                message=f"'{path[0]}' cannot contain an expression: it is read before"
                " expressions are evaluated",
                location=leaf.location,
                path=dotted(path),
                hint="write a literal value",
            )


def _unknown_keys(written: FileDirectives) -> Iterator[Finding]:
    named: list[tuple[str, Path]] = [(key, ("merge", key)) for key in written.values.merge]
    for index, divergence in enumerate(written.values.divergences):
        named.append((divergence.key, ("divergences", index, "key")))
    for index, exception in enumerate(written.values.exceptions):
        named.append((exception.key, ("exceptions", index, "key")))
    for key, path in named:
        steps = parse_path(key)
        if not steps or dotted(steps) != key or "[" in key or schema.schema_at(steps) is None:
            near = suggestion(key, keys())
            yield Finding(
                rule="unknown-key",
                message=f"unknown key '{key}'",
                location=written.location_of(path),
                path=str(path[0]),
                hint=near or "write section and key, such as database.read_replicas",
            )
