"""A manifest's text to its sections."""

from __future__ import annotations

from catalog_platform import yaml_loader
from catalog_platform.errors import FindingsError
from catalog_platform.findings import Finding, Location
from catalog_platform.manifest.node import Scalar, Section

LIMITS = yaml_loader.Limits()


def parse(text: str, file: str) -> tuple[Section, tuple[Finding, ...]]:
    """The document's mapping, and its duplicate keys: the first of them counts.

    Raises `FindingsError` with everything that is wrong when nothing useful can be said about
    the rest.
    """
    root, findings = yaml_loader.parse(text, file, LIMITS)
    if isinstance(root, Section):
        return root, findings
    is_empty = root is None or (isinstance(root, Scalar) and root.value is None)
    refusal = Finding(
        rule="not-a-mapping",
        message="the file is empty" if is_empty else "the file is not a mapping of sections",
        location=Location(file),
        hint="start with a section, such as `environment:`",
    )
    raise FindingsError([refusal])
