"""Rules that apply to the production tier only."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from operator import attrgetter

from catalog_platform.manifest.checks.rule import DECLARE, Rule, RuleViolation
from catalog_platform.model import Manifest

# Key, test of its value, and the allowed values in words.
Requirements = tuple[tuple[str, Callable[[object], bool], str], ...]
THREE_YEARS = 1096


def _is(*values: object) -> Callable[[object], bool]:
    return lambda value: value in values


def _at_least(least: int) -> Callable[[object], bool]:
    return lambda value: isinstance(value, int) and value >= least


def _unmet(manifest: Manifest, requirements: Requirements) -> Iterator[RuleViolation]:
    if manifest.environment.tier != "production":
        return
    for path, is_met, meant in requirements:
        value = attrgetter(path)(manifest)
        if not is_met(value):
            shown = str(value).lower() if isinstance(value, bool) else value
            yield RuleViolation(
                path,
                f"{shown} is not allowed in production, which requires {meant}",
                f"set it to {meant}, or {DECLARE}",
                ("environment.tier",),
            )


def production_data_is_kept(manifest: Manifest) -> Iterator[RuleViolation]:
    """In production, resources that hold data are retained when their stack is deleted."""
    stores = ("encryption", "stream", "archive", "backup", "dead_letters", "logs", "audit")
    kept: Requirements = tuple((f"{store}.on_removal", _is("retain"), "retain") for store in stores)
    yield from _unmet(
        manifest, (*kept, ("database.on_removal", _is("retain", "snapshot"), "retain or snapshot"))
    )


def production_is_protected_from_deletion(manifest: Manifest) -> Iterator[RuleViolation]:
    """In production, stack and database are protected from accidental deletion."""
    yield from _unmet(
        manifest,
        (
            ("database.deletion_protection", _is(True), "true"),
            ("release.termination_protection", _is(True), "true"),
        ),
    )


def production_connections_are_encrypted(manifest: Manifest) -> Iterator[RuleViolation]:
    """In production, connections to database and cache use TLS; the cache requires a token."""
    yield from _unmet(
        manifest,
        (
            ("database.require_tls", _is(True), "true"),
            ("cache.transit_encryption", _is("required"), "required"),
            ("cache.authentication", _is(True), "true"),
        ),
    )


def production_tolerates_zone_loss(manifest: Manifest) -> Iterator[RuleViolation]:
    """In production, the database has a standby and each cache shard a replica that takes over."""
    required: Requirements = (
        ("database.multi_az", _is(True), "true"),
        ("cache.replicas_per_shard", _at_least(1), "1 or more"),
    )
    if manifest.cache.replicas_per_shard:
        required = (*required, ("cache.automatic_failover", _is(True), "true"))
    yield from _unmet(manifest, required)


def production_can_be_restored(manifest: Manifest) -> Iterator[RuleViolation]:
    """In production, automatic backups are kept for at least a week, and copies in AWS Backup."""
    yield from _unmet(
        manifest,
        (
            ("database.backup_retention_days", _at_least(7), "7 or more"),
            ("backup.enabled", _is(True), "true"),
        ),
    )


def production_archive_is_locked(manifest: Manifest) -> Iterator[RuleViolation]:
    """In production, objects of the archive cannot be deleted before their retention ends.

    https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-lock.html
    """
    locked = ("governance", "compliance")
    yield from _unmet(
        manifest, (("archive.object_lock", _is(*locked), "governance or compliance"),)
    )


def production_is_audited(manifest: Manifest) -> Iterator[RuleViolation]:
    """In production, accesses to the archive and statements are recorded in a trail and logs.

    Uses of the key are recorded by this trail or, without `audit.management_events`, by one of the
    organisation.
    """
    audited = ("audit.trail", "audit.access_logs", "database.statement_audit")
    yield from _unmet(manifest, tuple((path, _is(True), "true") for path in audited))


def production_alarms_are_created(manifest: Manifest) -> Iterator[RuleViolation]:
    """In production, alarms are not switched off as a whole."""
    created = ("warning", "critical")
    yield from _unmet(
        manifest, (("alarms.minimum_severity", _is(*created), "warning or critical"),)
    )


def production_archive_keeps_three_years(manifest: Manifest) -> Iterator[RuleViolation]:
    """In production, the archive is kept for three years: 1,096 days with a leap day."""
    yield from _unmet(
        manifest,
        (("archive.retention_days", _at_least(THREE_YEARS), f"{THREE_YEARS} or more"),),
    )


def production_runs_on_aws(manifest: Manifest) -> Iterator[RuleViolation]:
    """Production is deployed to AWS: the embedded AWS gives no durability guarantees."""
    yield from _unmet(manifest, (("release.target", _is("aws"), "aws"),))


def production_alarms_have_subscribers(manifest: Manifest) -> Iterator[RuleViolation]:
    """In production, alarms have at least one subscription.

    Whether somebody reads it is not checked here: `catalogctl preflight` refuses addresses of
    domains that are reserved for examples, such as the delivered ones, before a deployment to AWS.
    """
    if manifest.environment.tier == "production" and not manifest.alarms.subscriptions:
        yield RuleViolation(
            "alarms.subscriptions",
            "is empty, but production requires at least one receiver of alarms",
            "add one, for example [{protocol: email, endpoint: on-call@example.com}]",
            ("environment.tier",),
        )


def production_critical_alarms_have_subscribers(manifest: Manifest) -> Iterator[RuleViolation]:
    """In production, at least one subscription receives critical alarms."""
    receivers = manifest.alarms.subscriptions
    if manifest.environment.tier != "production" or not receivers:
        return
    if not any("critical" in receiver.severities for receiver in receivers):
        yield RuleViolation(
            "alarms.subscriptions",
            "no subscription receives critical alarms, but production requires one",
            "add critical to the severities of the on-call subscription",
            ("environment.tier",),
        )


def production_runbooks_have_a_url(manifest: Manifest) -> Iterator[RuleViolation]:
    """In production, alarm notifications link to the runbook with a URL.

    A path in the repository cannot be opened from a mail.
    """
    base = manifest.alarms.runbook_base_url
    if manifest.environment.tier == "production" and not base.startswith("https://"):
        yield RuleViolation(
            "alarms.runbook_base_url",
            f"{base} is a path, but production requires a URL that opens from a notification",
            "set the URL of docs/runbooks on the server of this repository, for example "
            "https://github.com/example/catalog/blob/main/docs/runbooks",
            ("environment.tier",),
        )


RULES: tuple[Rule, ...] = (
    production_data_is_kept,
    production_is_protected_from_deletion,
    production_connections_are_encrypted,
    production_tolerates_zone_loss,
    production_can_be_restored,
    production_archive_is_locked,
    production_is_audited,
    production_alarms_are_created,
    production_archive_keeps_three_years,
    production_runs_on_aws,
    production_alarms_have_subscribers,
    production_critical_alarms_have_subscribers,
    production_runbooks_have_a_url,
)
