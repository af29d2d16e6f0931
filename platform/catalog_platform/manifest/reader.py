"""Reading and parsing of manifest files, each once per command."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field

from catalog_platform.errors import FindingsError
from catalog_platform.findings import Excerpt, Finding, Location
from catalog_platform.manifest import directives, excerpts, parse, schema, source
from catalog_platform.manifest.directives import FileDirectives, FileKind
from catalog_platform.manifest.node import MappingNode, ScalarNode
from catalog_platform.workspace import DEFAULTS, Workspace

EMPTY = MappingNode({}, Location(""))


@dataclass(frozen=True, slots=True)
class Document:
    """A parsed file with its findings. `root` is None if the file is unusable."""

    file: str
    root: MappingNode | None
    findings: tuple[Finding, ...]
    text: str = ""
    directives: FileDirectives = field(default_factory=lambda: FileDirectives(EMPTY))


@dataclass(frozen=True, slots=True)
class ManifestReader:
    """Read and cache the manifest files of a workspace."""

    workspace: Workspace
    _read: dict[str, Document] = field(default_factory=dict)
    _texts: dict[str, tuple[str, str]] = field(default_factory=dict)

    def defaults(self) -> Document:
        """Return the document of defaults.yaml."""
        return self.document(f"{DEFAULTS}.yaml")

    def document(self, path: str) -> Document:
        """Return `environments/<path>`, with unquoted numbers as text where text is required."""
        if path not in self._read:
            self._read[path] = self._parse(path)
        return self._read[path]

    def parsed(self, path: str) -> Document | None:
        """Return `environments/<path>` if it is in the cache."""
        return self._read.get(path)

    def digest(self, path: str) -> str:
        """Return the SHA-256 of the text of `environments/<path>`, without parsing it.

        It is that of the text in the cache. Raises `FindingsError` if the file can't be read.
        """
        return self._text_of(path)[1]

    def file(self, path: str) -> str:
        """Return the name of a manifest file in findings, relative to the repository."""
        return f"{self.workspace.environments.name}/{path}"

    def forget_if_longer(self, path: str, characters: int) -> None:
        """Remove a long file from the cache; it is read again on the next access."""
        if len(self._texts.get(path, ("", ""))[0]) > characters:
            self._read.pop(path, None)
            del self._texts[path]

    def inside(self, leaf: ScalarNode, offset: int) -> Location:
        """Return the location of the character at `offset` of a leaf's text."""
        return excerpts.location_inside(self._text(leaf.location), leaf, offset)

    def excerpt(self, location: Location) -> Excerpt | None:
        """Return the line at a location of a YAML file, or None."""
        text = self._text(location)
        return excerpts.excerpt(text, location) if text else None

    def _text(self, location: Location) -> str:
        if not location.file.endswith(".yaml"):
            return ""
        if location.file.startswith(self.file("")):
            return self.document(location.file.removeprefix(self.file(""))).text
        root = self.workspace.root
        try:
            return source.read(root / location.file, root, location.file)
        except FindingsError:
            return ""

    def _text_of(self, path: str) -> tuple[str, str]:
        """Return text and digest of a manifest file. Raises `FindingsError`."""
        if path not in self._texts:
            folder = self.workspace.environments
            text = source.read(folder / path, folder, self.file(path))
            self._texts[path] = text, hashlib.sha256(text.encode()).hexdigest()
        return self._texts[path]

    def _parse(self, path: str) -> Document:
        file = self.file(path)
        text = ""
        try:
            text, _ = self._text_of(path)
            source.check_characters(text, file)
            root, findings = parse.parse(text, file)
        except FindingsError as error:
            return Document(file, None, error.findings, text)
        settings, written = directives.split(root, file, _kind(path))
        typed = schema.numbers_to_text(settings)
        assert isinstance(typed, MappingNode)  # noqa: S101 - a section stays one
        return Document(file, typed, (*findings, *written.findings), text, written)


def _kind(path: str) -> FileKind:
    if path == f"{DEFAULTS}.yaml":
        return "defaults"
    return "extended" if "/" in path else "environment"
