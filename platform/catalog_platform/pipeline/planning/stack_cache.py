"""Stacks of earlier bases, so that a plan synthesises only the working tree."""

from __future__ import annotations

from pathlib import Path

import msgspec

from catalog_platform.content_cache import ContentCache
from catalog_platform.plan.stack import Stack

# Part of every key. Raise it when the content of a file changes.
FORMAT = "1"
SUFFIX = ".stack"


class StackCache:
    """The stacks of one version of the repository, below `folder`.

    `inputs` names the content of its code, manifests and pins, for example by the ids of Git's
    objects. With `pinned`, its packages are those that it pins, otherwise those of this program.
    """

    def __init__(self, folder: Path, inputs: str, *, pinned: bool = False) -> None:
        self._files = ContentCache(folder, SUFFIX, FORMAT, inputs, pinned=pinned)

    def read(self, name: str) -> tuple[Stack, str] | None:
        """Return an environment's stack and the digest of its part of the assembly, if kept."""
        content = self._files.read(name)
        if content is None:
            return None
        try:
            return msgspec.json.decode(content, type=tuple[Stack, str])
        except msgspec.DecodeError:
            return None

    def write(self, name: str, stack: Stack, digest: str) -> None:
        """Keep a stack, if the folder can be written."""
        self._files.write(name, msgspec.json.encode((stack, digest)))
