"""The files that an environment is made of, read and parsed once per run."""

from __future__ import annotations

from dataclasses import dataclass, field

from catalog_platform.errors import FindingsError
from catalog_platform.findings import Finding
from catalog_platform.manifest import parse, schema, source
from catalog_platform.manifest.node import Section
from catalog_platform.workspace import DEFAULTS, Workspace


@dataclass(frozen=True, slots=True)
class Document:
    """A parsed file, with the findings that leave it usable; no root when there is no use."""

    root: Section | None
    findings: tuple[Finding, ...]


@dataclass(frozen=True, slots=True)
class Reader:
    """Reads manifests of one workspace, each file once."""

    workspace: Workspace
    _read: dict[str, Document] = field(default_factory=dict)

    def defaults(self) -> Document:
        """What every environment starts from."""
        return self.document(DEFAULTS)

    def document(self, name: str) -> Document:
        """`environments/<name>.yaml`, unquoted numbers taken as text where the schema wants it."""
        if name not in self._read:
            self._read[name] = self._parse(name)
        return self._read[name]

    def file(self, name: str) -> str:
        """How findings call that file."""
        return f"{self.workspace.environments.name}/{name}.yaml"

    def _parse(self, name: str) -> Document:
        folder = self.workspace.environments
        try:
            text = source.read(folder / f"{name}.yaml", folder, self.file(name))
            root, findings = parse.parse(text, self.file(name))
        except FindingsError as error:
            return Document(None, error.findings)
        written = schema.as_written(root)
        assert isinstance(written, Section)  # noqa: S101 - a section stays one
        return Document(written, findings)
