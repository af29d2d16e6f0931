"""Rules about the identity of an environment: its name and region."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import PurePosixPath

from catalog_platform.findings import Finding
from catalog_platform.manifest.checks.rule import Rule, RuleViolation, rule_id
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


def zones_are_in_the_region(manifest: Manifest) -> Iterator[RuleViolation]:
    """Availability zones belong to the environment's region."""
    region = manifest.environment.region
    for index, zone in enumerate(manifest.network.availability_zones):
        if zone[:-1] != region:
            yield RuleViolation(
                f"network.availability_zones[{index}]",
                f"{zone} is not in environment.region, which is {region}",
                f"use a zone of that region: {region}a, {region}b, …",
                ("environment.region",),
            )


RULES: tuple[Rule, ...] = (zones_are_in_the_region,)
