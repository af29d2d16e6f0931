"""Rules that a schema cannot say: one function each, one module per section.

A rule only ever sees manifests that the schema accepts.
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
    database,
    environments,
    identity,
    login,
    network,
    processor,
    production,
    stream,
)
from catalog_platform.manifest.checks.rule import Problem, Rule, rule_id
from catalog_platform.manifest.resolved import Resolved
from catalog_platform.model import Manifest

RULES: tuple[Rule, ...] = (
    *identity.RULES,
    *network.RULES,
    *stream.RULES,
    *processor.RULES,
    *database.RULES,
    *login.RULES,
    *aws_availability.RULES,
    *cache.RULES,
    *archive.RULES,
    *backup.RULES,
    *alarms.RULES,
    *production.RULES,
)


def check(manifest: Manifest, resolved: Resolved) -> Iterator[Finding]:
    """Hold one environment against every rule."""
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


def _location(problem: Problem, resolved: Resolved) -> Location:
    places = [resolved.locate(path) for path in (problem.path, *problem.beside)]
    return next((place for place in places if place.file == resolved.file), places[0])


def across(
    environments_: Mapping[str, tuple[Manifest, Resolved]], names: Sequence[str]
) -> tuple[Finding, ...]:
    """Hold environments against one another; what does not concern `names` is left out."""
    return tuple(environments.compare(environments_, names))
