"""Parsing of a manifest's text into sections."""

from __future__ import annotations

from catalog_platform import yaml_loader
from catalog_platform.errors import FindingsError
from catalog_platform.findings import Finding, Location
from catalog_platform.manifest.node import MappingNode, ScalarNode

LIMITS = yaml_loader.Limits()


def parse(text: str, file: str) -> tuple[MappingNode, tuple[Finding, ...]]:
    """Return the document's mapping, and findings about duplicate keys (the first one counts).

    Raises `FindingsError` with all other findings, because they make the document unusable.
    """
    root, findings = yaml_loader.parse(text, file, LIMITS)
    if isinstance(root, MappingNode):
        return root, findings
    is_empty = root is None or (isinstance(root, ScalarNode) and root.value is None)
    refusal = Finding(
        rule="not-a-mapping",
        message="the file is empty" if is_empty else "the file is not a mapping of sections",
        location=Location(file),
        hint="write sections at the top level, such as `environment:`",
    )
    raise FindingsError([refusal])
