"""A manifest's text, from a file that may be anything."""

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
    """The text of `path`, which must lie in `folder`; `file` is how findings call it.

    Never reads more than `MAXIMUM_BYTES`. Raises `FindingsError` for what is no plain UTF-8 text
    file.
    """
    if not _is_inside(path, folder):
        raise _unreadable(
            file, "is a link that leads out of its folder", "put the file itself here"
        )
    try:
        # Without O_NONBLOCK a named pipe would wait for a writer, for ever.
        descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK)
    except OSError as error:
        raise _unreadable(file, f"cannot be read: {error.strerror}") from error
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        raise _unreadable(file, "is not a regular file")
    with os.fdopen(descriptor, "rb") as opened:
        content = opened.read(MAXIMUM_BYTES + 1)
    if len(content) > MAXIMUM_BYTES:
        raise _unreadable(file, f"is larger than {MAXIMUM_BYTES // 1024} KiB")
    return _text(content, file)


def _text(content: bytes, file: str) -> str:
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        before = content[: error.start]
        place = Location(file, before.count(b"\n") + 1, error.start - (before.rfind(b"\n") + 1) + 1)
        raise FindingsError(
            [
                Finding(
                    rule="not-utf-8",
                    message=f"byte 0x{content[error.start]:02x} is not UTF-8",
                    location=place,
                    hint="save the file as UTF-8",
                )
            ]
        ) from error


def _is_inside(path: Path, folder: Path) -> bool:
    """Whether a path stays in the folder once every symbolic link is followed."""
    try:
        return path.resolve().is_relative_to(folder.resolve())
    except (OSError, RuntimeError):  # links in a circle
        return False


def check(text: str, file: str) -> None:
    """Raises `FindingsError` for characters that hide something."""
    found = characters.hidden(text, allowed="\t\r\n")
    hidden = [_hidden(text, *each, file) for each in itertools.islice(found, MAXIMUM_HIDDEN)]
    if hidden:
        raise FindingsError(hidden)


def _hidden(text: str, offset: int, name: str, file: str) -> Finding:
    line = text.count("\n", 0, offset) + 1
    return Finding(
        rule="hidden-character",
        message=f"{name} cannot be seen and is not allowed",
        location=Location(file, line, offset - text.rfind("\n", 0, offset)),
        hint="delete it; it makes the text look like something it is not",
    )


def _unreadable(file: str, message: str, hint: str = "") -> FindingsError:
    return FindingsError(
        [Finding(rule="unreadable", message=message, location=Location(file), hint=hint)]
    )
