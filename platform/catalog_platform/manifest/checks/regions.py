"""Rules about regions and availability zones: they exist, belong together and can be used."""

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


def region_has_database_certificates(manifest: Manifest) -> Iterator[RuleViolation]:
    """On AWS, the functions have the certificates of RDS in the region, unless TLS is off.

    The migrator checks the certificate of the database. Without these, the first deployment fails
    after it has created the database.

    https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/UsingWithRDS.SSL.html
    """
    region, known = manifest.environment.region, data.regions_with_database_certificates()
    if region in known or region not in data.partitions():
        return
    if manifest.release.target == "aws" and manifest.database.require_tls:
        yield RuleViolation(
            "environment.region",
            f"the functions have no certificates of RDS in {region}, but database.require_tls is "
            f"true ({data.as_of('rds_certificates')})",
            f"use one of {', '.join(sorted(known))}, or add the region's certificates "
            "(functions/runtime/README.md#certificatesrdspem)",
            ("database.require_tls", "release.target"),
        )


RULES: tuple[Rule, ...] = (
    region_exists,
    zones_are_in_the_region,
    zones_exist,
    region_has_database_certificates,
)
