"""The digest of the texts that an environment is made of, without parsing them."""

from __future__ import annotations

import hashlib
from pathlib import PurePosixPath

from catalog_platform.errors import FindingsError
from catalog_platform.manifest.extends import MAXIMUM_FILES
from catalog_platform.manifest.kept_manifests import KeptManifests
from catalog_platform.manifest.reader import ManifestReader
from catalog_platform.workspace import DEFAULTS


def chain_digest(reader: ManifestReader, kept: KeptManifests, name: str) -> str | None:
    """Return the SHA-256 over names and texts of all files of an environment.

    These are its own file, which has its name, those that it extends, and the defaults. Which files
    a text extends is known from earlier runs, or from the document if the reader has parsed it;
    otherwise, and when a file can't be read, the result is None.
    """
    digests: dict[str, str] = {}
    waiting = [f"{name}.yaml"]
    try:
        while waiting:
            path = waiting.pop()
            if path in digests:
                continue
            digests[path] = reader.digest(path)
            extended = _extended(reader, kept, path)
            if extended is None or len(digests) > MAXIMUM_FILES:
                return None
            waiting += extended
        digests["/defaults"] = reader.digest(f"{DEFAULTS}.yaml")
    except FindingsError:
        return None
    parts = [part for each in digests.items() for part in each]
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()


def _extended(reader: ManifestReader, kept: KeptManifests, path: str) -> tuple[str, ...] | None:
    digest = reader.digest(path)
    found = kept.extended_by(digest)
    if found is None:
        document = reader.parsed(path)
        if document is None or document.root is None:
            return None
        found = tuple(str(PurePosixPath(each.text)) for each in document.directives.extends)
        kept.keep_extended(digest, found)
    return found
