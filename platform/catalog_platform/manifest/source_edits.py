"""The keys that an edit of the manifest files changes, and the files with some of the edits only.

An edit is a key of one file as it is written, before files are merged and expressions are
evaluated: re-applying edits re-evaluates everything that follows from them.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace

from catalog_platform.errors import FindingsError
from catalog_platform.findings import Location
from catalog_platform.manifest import extends, parse, source
from catalog_platform.manifest.dump import document
from catalog_platform.manifest.node import (
    MappingEntry,
    MappingNode,
    Node,
    Path,
    dotted,
    find,
    location_of,
    plain,
)
from catalog_platform.manifest.reader import ManifestReader
from catalog_platform.manifest.schema import numbers_to_text
from catalog_platform.workspace import Workspace

# These describe differences and exceptions; no value of the manifest depends on them.
IGNORED = ("divergences", "exceptions")


@dataclass(frozen=True, slots=True)
class SourceEdit:
    """A key that one file has with another value, only at the base, or only at the head.

    `old` and `new` are the values as written, None where the key is missing. `location` is that
    of the key at the head, of a removed key at the base.
    """

    file: str
    path: Path
    old: Node | None
    new: Node | None
    location: Location

    @property
    def key(self) -> str:
        """Return the key in dotted notation."""
        return dotted(self.path)


Documents = dict[str, MappingNode]


def source_edits(base: Workspace, head: Workspace, name: str) -> tuple[SourceEdit, ...]:
    """Return the edits of all files of an environment, in the order of files and keys.

    Raises `FindingsError` when a file can't be parsed.
    """
    found: list[SourceEdit] = []
    sides = [_documents(each, name) for each in (base, head)]
    for file in dict.fromkeys((*sides[1], *sides[0])):
        old, new = (side.get(file, _empty(file)) for side in sides)
        found += _edits(file, (), old, new)
    return tuple(found)


def with_edits(base: Workspace, name: str, edits: Collection[SourceEdit]) -> dict[str, str]:
    """Return the text of each of the environment's files: that of the base with some edits.

    The keys are paths relative to the repository.
    """
    documents = _documents(base, name)
    for edit in edits:
        root = documents.get(edit.file, _empty(edit.file))
        documents[edit.file] = _applied(root, edit.path, edit.new)
    return {file: document(root) for file, root in documents.items()}


def _documents(workspace: Workspace, name: str) -> Documents:
    """Return the files of an environment, directives included, in merge order.

    As in `ManifestReader`, an unquoted number is text where text is required: written as a number,
    17.10 would become 17.1.
    """
    reader = ManifestReader(workspace)
    found: Documents = {}
    for each in extends.chain(reader, f"{name}.yaml").documents:
        path = workspace.root / each.file
        if path.is_file():
            root, findings = parse.parse(
                source.read(path, workspace.environments, each.file), each.file
            )
            if findings:
                raise FindingsError(findings)
            typed = numbers_to_text(root)
            assert isinstance(typed, MappingNode)  # noqa: S101 - a section stays one
            found[each.file] = typed
    return found


def _empty(file: str) -> MappingNode:
    return MappingNode({}, Location(file))


def _edits(file: str, path: Path, old: Node, new: Node) -> Iterator[SourceEdit]:
    if isinstance(old, MappingNode) and isinstance(new, MappingNode):
        for key in dict.fromkeys((*new.entries, *old.entries)):
            if not path and key in IGNORED:
                continue
            inner = (*path, key)
            before, now = (_entry(side, key) for side in (old, new))
            if before is not None and now is not None:
                yield from _edits(file, inner, before, now)
            else:
                yield from _one_sided(file, inner, old, new, before, now)
    elif plain(old) != plain(new):
        yield SourceEdit(file, path, old, new, new.location)


def _one_sided(
    file: str, path: Path, old: Node, new: Node, before: Node | None, now: Node | None
) -> Iterator[SourceEdit]:
    """Yield the edits below a key that only one side has: one per leaf."""
    present = before if now is None else now
    if isinstance(present, MappingNode) and present.entries:
        nothing = MappingNode({}, present.location)
        yield from _edits(file, path, before or nothing, now or nothing)
        return
    owner = old if now is None else new
    location = location_of(owner, path[-1:]) or owner.location
    yield SourceEdit(file, path, before, now, location)


def _entry(node: MappingNode, key: str) -> Node | None:
    entry = node.entries.get(key)
    return entry.node if entry else None


def _applied(node: MappingNode, path: Path, value: Node | None) -> MappingNode:
    """Return the mapping with the node at a path set, or removed if None."""
    key, entries = str(path[0]), dict(node.entries)
    if len(path) > 1:
        inner = find(node, (key,))
        section = inner if isinstance(inner, MappingNode) else MappingNode({}, node.location)
        changed = _applied(section, path[1:], value)
        if changed.entries or value is not None:
            entries[key] = MappingEntry(changed.location, changed)
        else:
            entries.pop(key, None)
    elif value is None:
        entries.pop(key, None)
    else:
        entries[key] = MappingEntry(value.location, value)
    return replace(node, entries=entries)
