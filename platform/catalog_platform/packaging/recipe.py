"""What goes into a bundle: sources, pinned requirements, and what `bundle.toml` declares."""

from __future__ import annotations

import hashlib
import tomllib
from dataclasses import dataclass
from pathlib import Path

from catalog_platform import __version__, folders
from catalog_platform.errors import PlatformError
from catalog_platform.packaging.target import Target

# Part of every digest: raise it when building or pruning changes what a bundle holds.
FORMAT = "3"

_KEYS = {"libraries", "services"}


@dataclass(frozen=True, slots=True)
class Recipe:
    """One function's ingredients.

    `sources` are the folders whose content is copied to the top of the bundle; `services` are
    the AWS services whose API descriptions the bundle keeps.
    """

    name: str
    requirements: Path
    sources: tuple[Path, ...]
    services: frozenset[str]

    @classmethod
    def read(cls, function: Path) -> Recipe:
        """The recipe of `functions/<name>`.

        `bundle.toml` may list `services` and `libraries`, the latter folders beside the
        function. Raises `PlatformError` that names what is missing or wrong.
        """
        declared = _declaration(function / "bundle.toml")
        folders = (function, *(function.parent / name for name in declared["libraries"]))
        sources = tuple(folder / "src" for folder in folders)
        requirements = function / "requirements.txt"
        needed = (requirements, function / "src" / function.name / "handler.py", *sources)
        missing = [str(path) for path in needed if not path.exists()]
        if missing:
            raise PlatformError(
                f"{function}: cannot be bundled, missing: {', '.join(missing)}",
                hint="a function is a folder with requirements.txt and src/<name>/handler.py",
            )
        return cls(function.name, requirements, sources, frozenset(declared["services"]))

    def digest(self, target: Target) -> str:
        """SHA-256 over everything that decides the bundle's bytes."""
        parts = (FORMAT, __version__, target, sorted(self.services))
        total = hashlib.sha256("".join(f"{part}\n" for part in parts).encode())
        total.update(self.requirements.read_bytes())
        for source in self.sources:
            for path in source_files(source):
                content = hashlib.sha256(path.read_bytes()).hexdigest()
                total.update(f"{path.relative_to(source).as_posix()}\0{content}\n".encode())
        return total.hexdigest()


def source_files(source: Path) -> list[Path]:
    """The files below a source folder that belong into a bundle, in a fixed order.

    Raises `OSError` when a folder cannot be listed.
    """
    return [path for path in folders.files_below(source) if "__pycache__" not in path.parts]


def _declaration(path: Path) -> dict[str, list[str]]:
    try:
        content = tomllib.loads(path.read_text("utf-8")) if path.exists() else {}
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise PlatformError(f"{path}: not valid TOML: {error}") from error
    for key, value in content.items():
        if key not in _KEYS:
            raise PlatformError(f"{path}: unknown key {key!r}", hint=f"valid: {sorted(_KEYS)}")
        if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
            raise PlatformError(f"{path}: {key} is {value!r}; a list of names is expected")
    return {key: content.get(key, []) for key in _KEYS}
