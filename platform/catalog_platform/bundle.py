"""A function's bundle: one zip file, whose comment states the digest of its content.

Lambda and the CDK take the file as it is. The compressed bytes depend on the machine's zlib, so a
bundle is identified by its content: names, modes and bytes of the files in it.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import re
import shutil
import stat
import uuid
import zipfile
import zlib
from dataclasses import dataclass
from pathlib import Path

from catalog_platform import folders
from catalog_platform.errors import PlatformError

# The digest of the content, then that of all bytes of the file before the comment.
_COMMENT = "content-sha256:{} file-sha256:{}"
_STATED = re.compile(_COMMENT.format("([0-9a-f]{64})", "([0-9a-f]{64})").encode())
_LENGTH = len(_COMMENT.format("0" * 64, "0" * 64))
# Bundles, assemblies and caches share a file by hard links, so it must never be written to.
_MODE = 0o444


@dataclass(frozen=True, slots=True)
class Bundles:
    """The bundles of all functions, with package and dependencies at the top level of each."""

    inventory_processor: Path
    schema_migrator: Path
    failure_replayer: Path
    catalog_reader: Path


def pack(tree: Path, bundle: Path) -> None:
    """Write the files below a folder as a bundle; equal files make equal content.

    The files are sorted, their time is 1980-01-01, and their mode 0755 if they are executable,
    otherwise 0644. Raises `OSError`.
    """
    total = hashlib.sha256()
    with zipfile.ZipFile(bundle, "w") as archive:
        for name, path in _named(tree):
            entry, content = zipfile.ZipInfo(name), path.read_bytes()
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = (stat.S_IFREG | _mode(path)) << 16
            archive.writestr(entry, content)
            total.update(_line(name, _mode(path), content))
        archive.comment = b" " * _LENGTH
    packed = bundle.read_bytes()[:-_LENGTH]
    bundle.write_bytes(packed + file_comment(packed, total.hexdigest()))
    bundle.chmod(_MODE)


def file_comment(packed: bytes, content: str) -> bytes:
    """Return the comment of a file that has these bytes before it, and a digest of its content."""
    return _COMMENT.format(content, hashlib.sha256(packed).hexdigest()).encode()


def tree_digest(tree: Path) -> str:
    """Return the digest of the content that a bundle of a folder has. Raises `OSError`."""
    total = hashlib.sha256()
    for name, path in _named(tree):
        total.update(_line(name, _mode(path), path.read_bytes()))
    return total.hexdigest()


def content_digest(bundle: Path) -> str:
    """Return the digest of a bundle's content, as it states it.

    Raises `PlatformError` if the file is no bundle or cannot be read.
    """
    with contextlib.suppress(OSError), bundle.open("rb") as file:
        file.seek(-_LENGTH, os.SEEK_END)
        if stated := _STATED.fullmatch(file.read()):
            return stated[1].decode()
    raise PlatformError(
        f"{bundle}: is not a complete bundle", hint="delete the file, then it is built again"
    )


def is_intact(bundle: Path) -> bool:
    """Return whether a file is a bundle with the bytes that `pack` has written.

    It takes about 10 ms. `has_stated_content` takes ten times as long.
    """
    try:
        content = bundle.read_bytes()
    except OSError:
        return False
    stated = _STATED.fullmatch(content[-_LENGTH:])
    digest = hashlib.sha256(memoryview(content)[:-_LENGTH]).hexdigest()
    return stated is not None and stated[2].decode() == digest


def has_stated_content(bundle: Path) -> bool:
    """Return whether a bundle is intact, and the digest that it states is that of its content."""
    if not is_intact(bundle):
        return False
    total = hashlib.sha256()
    try:
        with zipfile.ZipFile(bundle) as archive:
            for entry in archive.infolist():
                mode = stat.S_IMODE(entry.external_attr >> 16)
                total.update(_line(entry.filename, mode, archive.read(entry)))
    # What the library raises for a file that another program has made.
    except (OSError, ValueError, RuntimeError, EOFError, zipfile.BadZipFile, zlib.error):
        return False
    return total.hexdigest() == content_digest(bundle)


def place(bundle: Path, target: Path) -> None:
    """Put a bundle to another path at once, as a hard link where possible. Raises `OSError`."""
    unfinished = target.with_name(f".{uuid.uuid4().hex}")
    try:
        try:
            os.link(bundle, unfinished)
        except OSError:  # another file system, or one without hard links
            shutil.copy2(bundle, unfinished)
        unfinished.replace(target)
    finally:
        # Renaming a file to another link of it does nothing.
        unfinished.unlink(missing_ok=True)


def _named(tree: Path) -> list[tuple[str, Path]]:
    """Return the files below a folder with their names in a bundle, sorted by name."""
    return sorted((path.relative_to(tree).as_posix(), path) for path in folders.files_below(tree))


def _mode(path: Path) -> int:
    return 0o755 if path.stat().st_mode & stat.S_IXUSR else 0o644


def _line(name: str, mode: int, content: bytes) -> bytes:
    return f"{name}\0{mode:o}\0{hashlib.sha256(content).hexdigest()}\n".encode()
