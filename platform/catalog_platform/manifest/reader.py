"""The files that an environment is made of, read and parsed once per run."""

from __future__ import annotations

from dataclasses import dataclass, field

from catalog_platform.errors import FindingsError
from catalog_platform.findings import Excerpt, Finding, Location
from catalog_platform.manifest import directives, excerpts, parse, schema, source
from catalog_platform.manifest.directives import Written
from catalog_platform.manifest.node import Scalar, Section
from catalog_platform.workspace import DEFAULTS, Workspace

NOTHING = Section({}, Location(""))


@dataclass(frozen=True, slots=True)
class Document:
    """A parsed file, with the findings that leave it usable; no root when there is no use."""

    file: str
    root: Section | None
    findings: tuple[Finding, ...]
    text: str = ""
    directives: Written = field(default_factory=lambda: Written(NOTHING))


@dataclass(frozen=True, slots=True)
class Reader:
    """Reads manifests of one workspace, each file once."""

    workspace: Workspace
    _read: dict[str, Document] = field(default_factory=dict)

    def defaults(self) -> Document:
        """What every environment starts from."""
        return self.document(f"{DEFAULTS}.yaml")

    def document(self, path: str) -> Document:
        """`environments/<path>`, unquoted numbers taken as text where the schema wants it."""
        if path not in self._read:
            self._read[path] = self._parse(path)
        return self._read[path]

    def file(self, path: str) -> str:
        """How findings call a file in the folder of environments."""
        return f"{self.workspace.environments.name}/{path}"

    def forget_if_longer(self, path: str, characters: int) -> None:
        """Make room: a long file is read again if somebody asks for it."""
        if len(self.document(path).text) > characters:
            del self._read[path]

    def inside(self, leaf: Scalar, offset: int) -> Location:
        """Where the character at `offset` of a leaf's text is written."""
        return excerpts.inside(self._text(leaf.location), leaf, offset)

    def excerpt(self, place: Location) -> Excerpt | None:
        """The line at a place, if its file is one that somebody wrote as YAML."""
        text = self._text(place)
        return excerpts.excerpt(text, place) if text else None

    def _text(self, place: Location) -> str:
        if not place.file.endswith(".yaml"):
            return ""
        if place.file.startswith(self.file("")):
            return self.document(place.file.removeprefix(self.file(""))).text
        root = self.workspace.root
        try:
            return source.read(root / place.file, root, place.file)
        except FindingsError:
            return ""

    def _parse(self, path: str) -> Document:
        folder, file = self.workspace.environments, self.file(path)
        text = ""
        try:
            text = source.read(folder / path, folder, file)
            source.check(text, file)
            root, findings = parse.parse(text, file)
        except FindingsError as error:
            return Document(file, None, error.findings, text)
        is_defaults = path == f"{DEFAULTS}.yaml"
        settings, written = directives.split(root, is_defaults=is_defaults, file=file)
        typed = schema.as_written(settings)
        assert isinstance(typed, Section)  # noqa: S101 - a section stays one
        return Document(file, typed, (*findings, *written.findings), text, written)
