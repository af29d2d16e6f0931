"""Resolve `extends`: list the files of an environment in merge order."""

from __future__ import annotations

import itertools
import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from catalog_platform.findings import Finding, suggestion
from catalog_platform.manifest.node import ScalarNode
from catalog_platform.manifest.reader import Document, ManifestReader
from catalog_platform.manifest.source import is_inside
from catalog_platform.workspace import DEFAULTS

MAXIMUM_DEPTH = 8
MAXIMUM_FILES = 24
MAXIMUM_LISTED = 500


@dataclass(frozen=True, slots=True)
class Chain:
    """Documents in merge order; the environment's own file is last."""

    documents: tuple[Document, ...]
    findings: tuple[Finding, ...]

    @property
    def is_usable(self) -> bool:
        """Return whether every extended file exists and could be read."""
        return all(document.root is not None for document in self.documents) and not self.findings


def chain(reader: ManifestReader, path: str) -> Chain:
    """Return the defaults, all files that `path` extends, and `path` itself, in merge order.

    A file that is reached twice occurs once. `path` is relative to environments/. Invalid content
    causes findings, not exceptions.
    """
    walk = _Walk(reader)
    walk.visit(path, (path,))
    documents = [reader.defaults(), *(reader.document(each) for each in walk.order)]
    found = [*walk.findings]
    return Chain(tuple(documents), tuple(found))


class _Walk:
    def __init__(self, reader: ManifestReader) -> None:
        self._reader = reader
        self.order: list[str] = []
        self.findings: list[Finding] = []

    def visit(self, path: str, trail: tuple[str, ...]) -> None:
        for index, name in enumerate(self._reader.document(path).directives.extends):
            key = f"extends[{index}]"
            problem = self._problem(name, trail)
            if problem:
                rule, message, hint = problem
                self.findings.append(
                    Finding(rule=rule, message=message, location=name.location, path=key, hint=hint)
                )
            elif (target := str(PurePosixPath(name.text))) not in self.order:
                self.visit(target, (*trail, target))
        self.order.append(path)

    def _problem(self, name: ScalarNode, trail: tuple[str, ...]) -> tuple[str, str, str] | None:
        folder = self._reader.workspace.environments
        target = PurePosixPath(name.text)
        if target.is_absolute() or ".." in target.parts or not is_inside(folder / target, folder):
            hint = f"extend a file in {folder.name}/, with its path relative to that folder"
            return "extends-outside", f"'{name.text}' is outside {folder.name}/", hint
        if str(target) == f"{DEFAULTS}.yaml":
            return "extends-outside", "every environment extends defaults.yaml already", "remove it"
        if str(target) in trail:
            cycle = " → ".join((*trail[trail.index(str(target)) :], str(target)))
            return "extends-cycle", f"extends itself: {cycle}", "remove one of these entries"
        if target.suffix != ".yaml" and (folder / target).is_file():
            hint = f"rename it to {target.stem}.yaml"
            return "extends-missing", f"'{name.text}' does not end in .yaml", hint
        if target.suffix != ".yaml" or not (folder / target).is_file():
            near = suggestion(name.text, _files(folder))
            hint = (
                near or f"write the path relative to {folder.name}/, such as shared/two-zones.yaml"
            )
            return "extends-missing", f"{folder.name}/{target} does not exist", hint
        if len(trail) == MAXIMUM_DEPTH:
            hint = "extend fewer files, or combine some of them"
            return (
                "extends-too-deep",
                f"a chain of `extends` can have at most {MAXIMUM_DEPTH} files",
                hint,
            )
        if len(self.order) + len(trail) == MAXIMUM_FILES:
            return (
                "extends-too-deep",
                f"an environment can have at most {MAXIMUM_FILES} files",
                "extend fewer files",
            )
        return None


def _files(folder: Path) -> Sequence[str]:
    return list(itertools.islice(_walked(folder), MAXIMUM_LISTED))


def _walked(folder: Path) -> Iterator[str]:
    for inside, _, names in os.walk(folder):
        for name in sorted(names):
            if name.endswith(".yaml"):
                yield (Path(inside) / name).relative_to(folder).as_posix()
