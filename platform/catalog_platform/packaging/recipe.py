"""The inputs of a bundle: sources, pinned requirements and the settings of `bundle.toml`."""

from __future__ import annotations

import hashlib
import tomllib
from dataclasses import dataclass
from importlib.machinery import EXTENSION_SUFFIXES
from pathlib import Path

from catalog_platform import __version__, folders
from catalog_platform.errors import PlatformError
from catalog_platform.packaging import bytecode
from catalog_platform.packaging.target import BuildTarget

# Part of every digest. Raise it when a change of the build changes a bundle's content.
FORMAT = "5"

_KEYS = {"libraries", "services"}


@dataclass(frozen=True, slots=True)
class Recipe:
    """The inputs of one function's bundle.

    The content of the folders `sources` is copied to the top of the bundle. The bundle keeps
    botocore's API descriptions of the AWS services in `services`.
    """

    name: str
    requirements: Path
    sources: tuple[Path, ...]
    services: frozenset[str]

    @classmethod
    def read(cls, function: Path) -> Recipe:
        """Read the recipe of `functions/<name>`.

        `bundle.toml` may list `services` and `libraries`; libraries are folders next to the
        function. Raises `PlatformError` if something is missing or invalid.
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
                hint="a function needs requirements.txt and src/<name>/handler.py",
            )
        return cls(function.name, requirements, sources, frozenset(declared["services"]))

    def digest(self, target: BuildTarget) -> str:
        """Return the SHA-256 of everything that determines the bundle's content."""
        compiler = bytecode.compiler(target)
        # Operating system and C library, such as `.cpython-311-x86_64-linux-gnu.so`.
        here = EXTENSION_SUFFIXES[0] if target.native else ""
        parts = (FORMAT, __version__, target, sorted(self.services), compiler, here)
        total = hashlib.sha256("".join(f"{part}\n" for part in parts).encode())
        total.update(self.requirements.read_bytes())
        for source in self.sources:
            for path in source_files(source):
                content = hashlib.sha256(path.read_bytes()).hexdigest()
                total.update(f"{path.relative_to(source).as_posix()}\0{content}\n".encode())
        return total.hexdigest()


def source_files(source: Path) -> list[Path]:
    """Return the files below a source folder that a bundle contains, in a fixed order.

    Raises `OSError` if a folder cannot be listed.
    """
    return [path for path in folders.files_below(source) if "__pycache__" not in path.parts]


def _declaration(path: Path) -> dict[str, list[str]]:
    try:
        content = tomllib.loads(path.read_text("utf-8")) if path.exists() else {}
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise PlatformError(f"{path}: not valid TOML: {error}") from error
    for key, value in content.items():
        if key not in _KEYS:
            raise PlatformError(
                f"{path}: unknown key {key!r}", hint=f"allowed keys: {', '.join(sorted(_KEYS))}"
            )
        if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
            raise PlatformError(
                f"{path}: {key}: {value!r} is not a list of names", hint=f'write {key} = ["name"]'
            )
    return {key: content.get(key, []) for key in _KEYS}
