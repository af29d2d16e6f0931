"""`extends`, `merge` and `divergences`: apart from the sections, with a schema of their own."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import msgspec

from catalog_platform import model
from catalog_platform.findings import Finding, Location, suggestion
from catalog_platform.manifest import schema
from catalog_platform.manifest.documentation import keys
from catalog_platform.manifest.node import (
    Items,
    Path,
    Scalar,
    Section,
    dotted,
    find,
    parse_path,
    place,
    plain,
    scalars,
)

NAMES = model.Directives.__struct_fields__
NONE = model.Directives()


@dataclass(frozen=True, slots=True)
class Written:
    """A file's directives and where they stand; without findings they are what was written."""

    section: Section
    values: model.Directives = NONE
    findings: tuple[Finding, ...] = ()

    @property
    def extends(self) -> tuple[Scalar, ...]:
        """The names of other files, with their places."""
        listed = find(self.section, ("extends",))
        items = listed.items if isinstance(listed, Items) else ()
        names = (item for item in items[:8] if isinstance(item, Scalar))
        return tuple(name for name in names if isinstance(name.value, str) and not name.is_template)

    @property
    def overrides(self) -> dict[Path, tuple[model.directives.Strategy, Location]]:
        """Strategies by the path that they are for, with their places."""
        return {
            parse_path(key): (strategy, self.place(("merge", key)))
            for key, strategy in self.values.merge.items()
        }

    def place(self, path: Path) -> Location:
        """Where a directive is written."""
        return place(self.section, path) or self.section.location


def split(root: Section, *, is_defaults: bool, file: str) -> tuple[Section, Written]:
    """The sections of a file by themselves, and its directives with their findings."""
    entries = {key: entry for key, entry in root.entries.items() if key not in NAMES}
    apart = {key: entry for key, entry in root.entries.items() if key in NAMES}
    settings = replace(root, entries=entries)
    section = Section(apart, root.location)
    if not apart:
        return settings, Written(section)
    if is_defaults:
        return settings, Written(section, findings=tuple(_misplaced(section)))
    found = [*_expressions(section), *schema.check(section, file, (), of=model.Directives)]
    if not found:
        values = msgspec.convert(plain(section), model.Directives)
        found = list(_unknown_keys(Written(section, values)))
        if not found:
            return settings, Written(section, values)
    return settings, Written(section, findings=tuple(found))


def _misplaced(section: Section) -> Iterator[Finding]:
    for name, entry in section.entries.items():
        yield Finding(
            rule="directive",
            message=f"'{name}' has no place in the defaults, which every environment starts from",
            location=entry.location,
            path=name,
            hint="write it in the file of an environment",
        )


def _expressions(section: Section) -> Iterator[Finding]:
    for path, leaf in scalars(section):
        if leaf.is_template:
            yield Finding(
                rule="directive",
                message=f"'{path[0]}' cannot hold an expression: it is read before"
                " any is evaluated",
                location=leaf.location,
                path=dotted(path),
                hint="write the text itself",
            )


def _unknown_keys(written: Written) -> Iterator[Finding]:
    named: list[tuple[str, Path]] = [(key, ("merge", key)) for key in written.values.merge]
    for index, divergence in enumerate(written.values.divergences):
        named.append((divergence.key, ("divergences", index, "key")))
    for key, path in named:
        if not key or schema.schema_at(parse_path(key)) is None or "[" in key:
            near = suggestion(key, keys())
            yield Finding(
                rule="unknown-key",
                message=f"no manifest has a key '{key}'",
                location=written.place(path),
                path=str(path[0]),
                hint=near or "write section and key: database.read_replicas",
            )
