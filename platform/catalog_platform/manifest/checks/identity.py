"""The rule about the identity of an environment: its name."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import PurePosixPath

from catalog_platform.findings import Finding
from catalog_platform.manifest.checks.rule import rule_id
from catalog_platform.manifest.resolved import Resolved
from catalog_platform.model import Manifest


def name_is_the_file_name(manifest: Manifest, resolved: Resolved) -> Iterator[Finding]:
    """`environment.name` equals the file name.

    Commands select an environment by its file name; the stack is named after the key.
    """
    stem = PurePosixPath(resolved.file).stem
    if manifest.environment.name != stem:
        yield Finding(
            rule=rule_id(name_is_the_file_name),
            message=f"'{manifest.environment.name}' differs from the file name, '{stem}'",
            location=resolved.locate("environment.name"),
            path="environment.name",
            hint=f"write `name: {stem}`, or rename the file to {manifest.environment.name}.yaml",
        )
