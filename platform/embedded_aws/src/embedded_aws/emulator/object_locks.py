"""Store retention and legal holds with the objects, so that they survive a restart.

The emulator keeps them in memory only. Here they are in the metadata file of a key, which is
written before the request is answered. The bucket's default retention applies to every write; the
emulator applies it to PutObject only.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from ministack.services import s3

# The emulator's stores by key of the metadata file; a store is keyed by bucket, key and version.
STORES = {"retention": "_object_retention", "legal_hold": "_object_legal_hold"}
# The version id of an object without one.
NULL = "null"


def install() -> None:
    """Wrap the functions that write metadata files, and load the locks of all objects."""
    original_history, original_record = s3._key_history_meta, s3._record_object_version

    def history(bucket: str, key: str) -> dict[str, Any]:
        found: dict[str, Any] = original_history(bucket, key)
        return {**found, **_of_key(bucket, key)}

    def record(bucket: str, key: str, prior: Any, written: Any, data: Any) -> Any:
        version = original_record(bucket, key, prior, written, data)
        # Headers of PutObject replace it.
        s3._apply_object_lock_from_headers(bucket, key, {}, written.get("version_id"))
        return version

    s3._key_history_meta = history
    s3._record_object_version = record
    s3._put_object_retention = _storing(s3._put_object_retention)
    s3._put_object_legal_hold = _storing(s3._put_object_legal_hold)
    if s3.S3_PERSIST:
        _load(Path(s3.DATA_DIR))


def _of_key(bucket: str, key: str) -> dict[str, dict[str, Any]]:
    """Return the locks of all versions of a key, by kind and version."""
    versions = s3._object_versions.get((bucket, key)) or []
    names = [None, *(each["version_id"] for each in versions if each["version_id"] != NULL)]
    found = {}
    for kind, name in STORES.items():
        store = getattr(s3, name)
        held = {version or NULL: store.get((bucket, key, version)) for version in names}
        found[kind] = {version: lock for version, lock in held.items() if lock is not None}
    return {kind: locks for kind, locks in found.items() if locks}


def _storing(original: Callable[..., Any]) -> Callable[..., Any]:
    def put(bucket: str, key: str, *rest: Any) -> Any:
        answer = original(bucket, key, *rest)
        if answer[0] < 400:
            s3._persist_version_state(bucket, key, s3._ensure_bucket(bucket))
        return answer

    return put


def _load(folder: Path) -> None:
    for account, bucket, path, key in _metadata(folder):
        try:
            stored = json.loads(path.read_text(encoding="utf-8"))
        except ValueError:
            # An object can have the name of a metadata file.
            continue
        if not isinstance(stored, dict):
            continue
        for kind, name in STORES.items():
            for version, lock in stored.get(kind, {}).items():
                named = (bucket, stored.get("key", key), None if version == NULL else version)
                getattr(s3, name)._data[(account, named)] = lock


def _metadata(folder: Path) -> Iterator[tuple[str, str, Path, str]]:
    """Yield account, bucket, metadata file and key."""
    for bucket in sorted(folder.glob("[0-9]*/*")):
        if bucket.is_dir():
            for path, key in s3._persisted_key_files(str(bucket), sidecars=True):
                yield bucket.parent.name, bucket.name, Path(path), key
