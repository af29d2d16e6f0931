"""Which files an environment builds on, and in which order: the chain that `extends` describes."""

from __future__ import annotations

import itertools
import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from catalog_platform.findings import Finding, suggestion
from catalog_platform.manifest.node import Scalar
from catalog_platform.manifest.reader import Document, Reader
from catalog_platform.workspace import DEFAULTS

MAXIMUM_DEPTH = 8
MAXIMUM_FILES = 24
MAXIMUM_LISTED = 500


@dataclass(frozen=True, slots=True)
class Chain:
    """Documents in the order in which they are merged, the environment's own last."""

    documents: tuple[Document, ...]
    findings: tuple[Finding, ...]

    @property
    def is_usable(self) -> bool:
        """Whether every file could be read, and every one that is named was found."""
        return all(document.root is not None for document in self.documents) and not self.findings


def chain(reader: Reader, path: str) -> Chain:
    """The defaults, all that `path` extends, and `path` itself; a file reached twice counts once.

    `path` is relative to the folder of environments. Collects findings, never raises for content.
    """
    walk = _Walk(reader)
    walk.visit(path, (path,))
    documents = [reader.defaults(), *(reader.document(each) for each in walk.order)]
    found = [*walk.findings]
    return Chain(tuple(documents), tuple(found))


class _Walk:
    def __init__(self, reader: Reader) -> None:
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

    def _problem(self, name: Scalar, trail: tuple[str, ...]) -> tuple[str, str, str] | None:
        folder = self._reader.workspace.environments
        target = PurePosixPath(name.text)
        if target.is_absolute() or ".." in target.parts or not _is_inside(folder, target):
            hint = f"only files in {folder.name}/ can be extended, named from there"
            return "extends-outside", f"'{name.text}' leads out of {folder.name}/", hint
        if str(target) == f"{DEFAULTS}.yaml":
            return "extends-outside", "the defaults come first anyway", "leave this line out"
        if str(target) in trail:
            circle = " → ".join((*trail[trail.index(str(target)) :], str(target)))
            return "extends-cycle", f"extends itself: {circle}", "leave one of these lines out"
        if target.suffix != ".yaml" or not (folder / target).is_file():
            near = suggestion(name.text, _files(folder))
            hint = near or "name a file from environments/ on: shared/two-zones.yaml"
            return "extends-missing", f"there is no {folder.name}/{target}", hint
        if len(trail) == MAXIMUM_DEPTH:
            hint = "extend fewer files, or move their keys together"
            return "extends-too-deep", f"a chain of more than {MAXIMUM_DEPTH} files", hint
        if len(self.order) + len(trail) == MAXIMUM_FILES:
            return "extends-too-deep", f"more than {MAXIMUM_FILES} files", "extend fewer files"
        return None


def _is_inside(folder: Path, target: PurePosixPath) -> bool:
    """Whether a path stays in the folder once every symbolic link is followed."""
    try:
        return (folder / target).resolve().is_relative_to(folder.resolve())
    except (OSError, RuntimeError, ValueError):  # links in a circle, a name too long, a NUL
        return False


def _files(folder: Path) -> Sequence[str]:
    return list(itertools.islice(_walked(folder), MAXIMUM_LISTED))


def _walked(folder: Path) -> Iterator[str]:
    for inside, _, names in os.walk(folder):
        for name in sorted(names):
            if name.endswith(".yaml"):
                yield (Path(inside) / name).relative_to(folder).as_posix()
