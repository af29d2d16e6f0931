"""Valid manifests of earlier runs, kept under the digest of the texts that they are made of.

A manifest is kept if it has no finding, not even a note: it then depends on nothing but its name,
the texts of its files, and this program. Notes depend on the date. All manifests are in one file,
because a thousand files take longer to open than to be decoded.
"""

from __future__ import annotations

import functools
import hashlib
from pathlib import Path

import msgspec

import catalog_platform
from catalog_platform import folders
from catalog_platform.content_cache import ContentCache
from catalog_platform.model import Manifest
from catalog_platform.workspace import Workspace

# Part of the key. Raise it when the content of the file changes.
FORMAT = "1"
SUFFIX = ".manifests"
NAME = "all"
# What makes a manifest of texts. The distributions that it uses are part of every key.
PROGRAM = (
    "__init__.py",
    "errors.py",
    "findings.py",
    "manifest",
    "model",
    "workspace.py",
    "yaml_loader",
)
# Fewer environments are resolved as fast as they are read.
FEWEST = 16
# About 8,000 manifests like production.
MAXIMUM_BYTES = 32 * 1024 * 1024
MAXIMUM_TEXTS = 20_000


class _Content(msgspec.Struct, frozen=True):
    """What the file holds: the encoded manifests by digest, those used last at the end.

    `extends` has the names of the files that a text extends, by the text's digest.
    """

    extends: dict[str, tuple[str, ...]] = {}
    manifests: dict[str, bytes] = {}


class KeptManifests:
    """The manifests that are kept for a workspace, shared by all versions of it in this process.

    With `on_disk`, they are read from and written to a file below the build folder if there are at
    least `FEWEST` environments. Otherwise they are kept in memory: what is deployed never depends
    on a file.
    """

    def __init__(self, workspace: Workspace, *, on_disk: bool = False) -> None:
        self._workspace = workspace
        self._on_disk = on_disk
        self._changed = False

    def get(self, digest: str) -> Manifest | None:
        """Return the manifest that is made of the texts with this digest, if it is kept."""
        manifests = self._content.manifests
        if digest not in manifests:
            return None
        try:
            found = msgspec.msgpack.decode(manifests[digest], type=Manifest)
        except msgspec.DecodeError:
            del manifests[digest]
            return None
        manifests[digest] = manifests.pop(digest)
        return found

    def keep(self, digest: str, manifest: Manifest) -> None:
        """Keep a manifest that has no finding."""
        self._content.manifests[digest] = msgspec.msgpack.encode(manifest)
        self._changed = True

    def extended_by(self, digest: str) -> tuple[str, ...] | None:
        """Return the names of the files that a text extends; None if that isn't known."""
        return self._content.extends.get(digest)

    def keep_extended(self, digest: str, files: tuple[str, ...]) -> None:
        """Keep the names of the files that a text extends."""
        self._content.extends[digest] = files
        self._changed = True

    def save(self) -> None:
        """Write what is new. Above the limits, what was not used for longest is left out."""
        if not self._changed or (file := self._file) is None:
            return
        self._changed = False
        left, kept = MAXIMUM_BYTES, dict[str, bytes]()
        for digest, encoded in reversed(self._content.manifests.items()):
            left -= len(encoded)
            if left < 0:
                break
            kept[digest] = encoded
        texts = list(self._content.extends.items())[-MAXIMUM_TEXTS:]
        content = _Content(dict(texts), dict(reversed(kept.items())))
        file.write(NAME, msgspec.msgpack.encode(content))

    @functools.cached_property
    def _file(self) -> ContentCache | None:
        if not self._on_disk or len(self._workspace.environment_names()) < FEWEST:
            return None
        return ContentCache(folder_of(self._workspace), SUFFIX, FORMAT, program_digest())

    @functools.cached_property
    def _content(self) -> _Content:
        content = None if self._file is None else self._file.read(NAME)
        if content is None:
            return _Content()
        try:
            return msgspec.msgpack.decode(content, type=_Content)
        except msgspec.DecodeError:
            return _Content()


def folder_of(workspace: Workspace) -> Path:
    """Return the folder of the file."""
    return workspace.build / "resolved"


@functools.cache
def program_digest(root: Path = Path(catalog_platform.__file__).parent) -> str:
    """Return the SHA-256 over the files of this program that make a manifest of texts."""
    digest = hashlib.sha256()
    for path in program_files(root):
        content = path.read_bytes()
        digest.update(f"{path.relative_to(root)}\0{len(content)}\0".encode() + content)
    return digest.hexdigest()


def program_files(root: Path) -> list[Path]:
    """Return the files below `root` that make a manifest of texts: code and data."""
    every = [root / name for name in PROGRAM]
    found = [path for each in every if each.is_dir() for path in folders.files_below(each)]
    files = [each for each in every if not each.is_dir()]
    return sorted(path for path in (*found, *files) if path.suffix != ".pyc")
