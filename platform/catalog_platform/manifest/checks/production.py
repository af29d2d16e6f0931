"""What is a choice elsewhere and none in production."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from operator import attrgetter

from catalog_platform.manifest.checks.rule import Problem, Rule
from catalog_platform.model import Manifest

Wanted = tuple[tuple[str, Callable[[object], bool], str], ...]
THREE_YEARS = 1096


def _is(*values: object) -> Callable[[object], bool]:
    return lambda value: value in values


def _at_least(least: int) -> Callable[[object], bool]:
    return lambda value: isinstance(value, int) and value >= least


def _held(manifest: Manifest, wanted: Wanted) -> Iterator[Problem]:
    if manifest.environment.tier != "production":
        return
    for path, holds, meant in wanted:
        value = attrgetter(path)(manifest)
        if not holds(value):
            shown = str(value).lower() if isinstance(value, bool) else value
            yield Problem(
                path,
                f"production needs {meant}, not {shown}",
                f"set {path}, or take another environment.tier",
                ("environment.tier",),
            )


def production_data_is_kept(manifest: Manifest) -> Iterator[Problem]:
    """What holds data survives its stack."""
    stores = ("encryption", "stream", "archive", "backup", "dead_letters", "logs", "audit")
    kept: Wanted = tuple((f"{store}.on_removal", _is("retain"), "retain") for store in stores)
    yield from _held(
        manifest, (*kept, ("database.on_removal", _is("retain", "snapshot"), "retain or snapshot"))
    )


def production_is_protected_from_deletion(manifest: Manifest) -> Iterator[Problem]:
    """Neither the stack nor the database goes by a slip."""
    yield from _held(
        manifest,
        (
            ("database.deletion_protection", _is(True), "true"),
            ("release.termination_protection", _is(True), "true"),
        ),
    )


def production_connections_are_encrypted(manifest: Manifest) -> Iterator[Problem]:
    """TLS to the database and the cache, and a token for the cache."""
    yield from _held(
        manifest,
        (
            ("database.require_tls", _is(True), "true"),
            ("cache.transit_encryption", _is(True), "true"),
            ("cache.authentication", _is(True), "true"),
        ),
    )


def production_survives_a_zone(manifest: Manifest) -> Iterator[Problem]:
    """A standby for the database, a replica for the cache."""
    yield from _held(
        manifest,
        (
            ("database.multi_az", _is(True), "true"),
            ("cache.replicas_per_shard", _at_least(1), "1 or more"),
        ),
    )


def production_can_be_restored(manifest: Manifest) -> Iterator[Problem]:
    """A week of backups at least."""
    yield from _held(manifest, (("database.backup_retention_days", _at_least(7), "7 or more"),))


def production_keeps_three_years(manifest: Manifest) -> Iterator[Problem]:
    """Three calendar years have 1096 days as soon as a leap day lies within."""
    yield from _held(
        manifest,
        (("archive.retention_days", _at_least(THREE_YEARS), f"{THREE_YEARS} or more"),),
    )


def production_runs_on_aws(manifest: Manifest) -> Iterator[Problem]:
    """The embedded AWS keeps nothing safe."""
    yield from _held(manifest, (("release.target", _is("aws"), "aws"),))


def production_alarms_reach_someone(manifest: Manifest) -> Iterator[Problem]:
    """An alarm that nobody hears is none."""
    if manifest.environment.tier == "production" and not manifest.alarms.subscriptions:
        yield Problem(
            "alarms.subscriptions",
            "production needs a receiver of its alarms, there is none",
            "for example [{protocol: email, endpoint: on-call@example.com}]",
            ("environment.tier",),
        )


def production_emergencies_reach_someone(manifest: Manifest) -> Iterator[Problem]:
    """Of those who are told of alarms, one at least is told of the critical ones."""
    receivers = manifest.alarms.subscriptions
    if manifest.environment.tier != "production" or not receivers:
        return
    if not any("critical" in receiver.severities for receiver in receivers):
        yield Problem(
            "alarms.subscriptions",
            "production needs a receiver of its critical alarms, all of them hear warnings alone",
            "add critical to the severities of whoever gets up at night",
            ("environment.tier",),
        )


RULES: tuple[Rule, ...] = (
    production_data_is_kept,
    production_is_protected_from_deletion,
    production_connections_are_encrypted,
    production_survives_a_zone,
    production_can_be_restored,
    production_keeps_three_years,
    production_runs_on_aws,
    production_alarms_reach_someone,
    production_emergencies_reach_someone,
)
