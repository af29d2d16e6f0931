"""Rules about the KMS keys."""

from __future__ import annotations

from collections.abc import Iterator
from operator import attrgetter

from catalog_platform.manifest.checks.rule import Rule, RuleViolation
from catalog_platform.model import Manifest

STORES = ("stream", "database", "archive", "backup", "dead_letters", "logs", "audit")


def key_outlives_retained_data(manifest: Manifest) -> Iterator[RuleViolation]:
    """The KMS keys are retained if the deletion of the stack leaves data that needs them.

    KMS would delete them after `encryption.deletion_window_days`, and the data could not be read
    any more. A cache with snapshots leaves a final one.

    https://docs.aws.amazon.com/kms/latest/developerguide/deleting-keys.html
    """
    if manifest.encryption.on_removal == "retain":
        return
    values: dict[str, object] = {f"{store}.on_removal": "destroy" for store in STORES}
    values["cache.snapshot_retention_days"] = 0
    kept = {
        path: value
        for path in values
        if (value := attrgetter(path)(manifest)) != values[path] and _exists(path, manifest)
    }
    if kept:
        listed = ", ".join(f"{path} is {value}" for path, value in kept.items())
        others = ", ".join(f"{path} to {values[path]}" for path in kept)
        yield RuleViolation(
            "encryption.on_removal",
            f"destroy also deletes the key of data that is kept: {listed}",
            f"set it to retain, or set {others}",
            tuple(kept),
        )


def _exists(path: str, manifest: Manifest) -> bool:
    """Return whether the store of a key is created."""
    match path.partition(".")[0]:
        case "backup":
            return manifest.backup.enabled
        case "audit":
            return manifest.audit.trail
    return True


RULES: tuple[Rule, ...] = (key_outlives_retained_data,)
