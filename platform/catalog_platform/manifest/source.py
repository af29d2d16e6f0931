"""Safe reading of manifest files."""

from __future__ import annotations

import itertools
import os
import stat
from pathlib import Path

from catalog_platform.errors import FindingsError
from catalog_platform.findings import Finding, Location
from catalog_platform.yaml_loader import characters

MAXIMUM_BYTES = 256 * 1024
MAXIMUM_HIDDEN = 20


def read(path: Path, folder: Path, file: str) -> str:
    """Return the text of `path`, which must be in `folder`; `file` is its name in findings.

    Reads at most `MAXIMUM_BYTES`. Raises `FindingsError` if it is not a regular file inside the
    folder, is too large or is not UTF-8.
    """
    if not is_inside(path, folder):
        raise _unreadable(
            file, "is a link to a file outside its folder", "replace the link with the file itself"
        )
    try:
        # Without O_NONBLOCK, opening a named pipe would block until there is a writer.
        descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK)
    except OSError as error:
        raise _unreadable(file, f"cannot be read: {error.strerror}") from error
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        raise _unreadable(file, "is not a regular file")
    with os.fdopen(descriptor, "rb") as opened:
        content = opened.read(MAXIMUM_BYTES + 1)
    if len(content) > MAXIMUM_BYTES:
        raise _unreadable(file, f"is larger than the maximum of {MAXIMUM_BYTES // 1024} KiB")
    return _text(content, file)


def _text(content: bytes, file: str) -> str:
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        before = content[: error.start]
        location = Location(
            file, before.count(b"\n") + 1, error.start - (before.rfind(b"\n") + 1) + 1
        )
        raise FindingsError(
            [
                Finding(
                    rule="not-utf-8",
                    message=f"byte 0x{content[error.start]:02x} is not UTF-8",
                    location=location,
                    hint="save the file as UTF-8",
                )
            ]
        ) from error


def is_inside(path: Path, folder: Path) -> bool:
    """Return whether a path is inside the folder after symbolic links are resolved."""
    try:
        return path.resolve().is_relative_to(folder.resolve())
    except (OSError, RuntimeError, ValueError):  # a cycle of links, a name too long, a NUL byte
        return False


def check_characters(text: str, file: str) -> None:
    """Check a text for invisible characters; raises `FindingsError` if it has any."""
    found = characters.hidden_characters(text, allowed="\t\r\n")
    hidden = [_hidden(text, *each, file) for each in itertools.islice(found, MAXIMUM_HIDDEN)]
    if hidden:
        raise FindingsError(hidden)


def _hidden(text: str, offset: int, name: str, file: str) -> Finding:
    line = text.count("\n", 0, offset) + 1
    return Finding(
        rule="hidden-character",
        message=f"the invisible character {name} is not allowed",
        location=Location(file, line, offset - text.rfind("\n", 0, offset)),
        hint="delete it: it makes the text look different from its content",
    )


def _unreadable(file: str, message: str, hint: str = "") -> FindingsError:
    return FindingsError(
        [Finding(rule="unreadable", message=message, location=Location(file), hint=hint)]
    )
