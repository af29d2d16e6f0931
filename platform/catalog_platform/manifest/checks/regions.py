"""Rules about regions and availability zones: they exist, and they belong together."""

from __future__ import annotations

from collections.abc import Iterator

from catalog_platform.manifest.aws import data
from catalog_platform.manifest.checks.nearest import nearest
from catalog_platform.manifest.checks.rule import Rule, RuleViolation
from catalog_platform.model import Manifest


def region_exists(manifest: Manifest) -> Iterator[RuleViolation]:
    """AWS has the region.

    https://docs.aws.amazon.com/global-infrastructure/latest/regions/aws-regions.html
    """
    region = manifest.environment.region
    if region not in data.partitions():
        yield RuleViolation(
            "environment.region",
            f"AWS has no region {region} ({data.as_of('regions')})",
            nearest(region, data.partitions(), "regions"),
        )


def zones_are_in_the_region(manifest: Manifest) -> Iterator[RuleViolation]:
    """Availability zones belong to the environment's region."""
    region = manifest.environment.region
    for index, zone in enumerate(manifest.network.availability_zones):
        if zone[:-1] != region:
            names = [f"{region}{letter}" for letter in data.zone_letters(region)]
            yield RuleViolation(
                f"network.availability_zones[{index}]",
                f"{zone} is not in environment.region, which is {region}",
                f"use a zone of that region: {', '.join(names)}" if names else "",
                ("environment.region",),
            )


def zones_exist(manifest: Manifest) -> Iterator[RuleViolation]:
    """The region has the availability zone."""
    region = manifest.environment.region
    letters = data.zone_letters(region)
    for index, zone in enumerate(manifest.network.availability_zones):
        if letters and zone[:-1] == region and zone[-1] not in letters:
            names = ", ".join(f"{region}{letter}" for letter in letters)
            yield RuleViolation(
                f"network.availability_zones[{index}]",
                f"{region} has no zone {zone} ({data.as_of('regions')})",
                f"use one of {names}",
                ("environment.region",),
            )


RULES: tuple[Rule, ...] = (region_exists, zones_are_in_the_region, zones_exist)
