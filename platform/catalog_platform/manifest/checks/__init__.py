"""Rules that JSON Schema cannot express, one function per rule.

They are checked only for manifests that the schema accepts.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from catalog_platform.findings import Finding, Location
from catalog_platform.manifest.checks import (
    alarms,
    archive,
    aws_availability,
    backup,
    cache,
    clients,
    concurrency,
    database,
    database_names,
    database_versions,
    distinct,
    encryption,
    environments,
    identity,
    login,
    network,
    processor,
    production,
    regions,
    restore,
    stream,
    subscriptions,
    tier,
)
from catalog_platform.manifest.checks.rule import Rule, RuleViolation, rule_id
from catalog_platform.manifest.resolved import Resolved
from catalog_platform.model import Manifest

RULES: tuple[Rule, ...] = (
    *regions.RULES,
    *distinct.RULES,
    *network.RULES,
    *stream.RULES,
    *processor.RULES,
    *concurrency.RULES,
    *database.RULES,
    *database_names.RULES,
    *database_versions.RULES,
    *restore.RULES,
    *login.RULES,
    *aws_availability.RULES,
    *cache.RULES,
    *clients.RULES,
    *archive.RULES,
    *encryption.RULES,
    *backup.RULES,
    *alarms.RULES,
    *subscriptions.RULES,
    *tier.RULES,
    *production.RULES,
)


def check(manifest: Manifest, resolved: Resolved) -> Iterator[Finding]:
    """Check one environment against every rule."""
    yield from identity.name_is_the_file_name(manifest, resolved)
    for rule in RULES:
        for problem in rule(manifest):
            yield Finding(
                rule=rule_id(rule),
                message=problem.message,
                location=_location(problem, resolved),
                path=problem.path,
                hint=problem.hint,
                severity=problem.severity,
            )


def _location(problem: RuleViolation, resolved: Resolved) -> Location:
    locations = [resolved.locate(path) for path in (problem.path, *problem.related)]
    own = (location for location in locations if location.file == resolved.file)
    return next(own, locations[0])


def check_pairs(
    manifests: Mapping[str, Manifest], names: Sequence[str], locate: environments.Locate
) -> tuple[Finding, ...]:
    """Check environments against each other; omit findings that do not concern `names`."""
    return tuple(environments.check_pairs(manifests, names, locate))
