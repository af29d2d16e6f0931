from __future__ import annotations

from typing import Any

import msgspec
import pytest

from catalog_platform.manifest import Manifests
from catalog_platform.manifest.checks import production as rules
from catalog_platform.manifest.checks.rule import Rule
from catalog_platform.model import Manifest
from support.edits import with_value
from support.manifests import EXAMPLES

PRODUCTION = Manifests(EXAMPLES).load("production")
WRONG: list[tuple[Rule, str, Any]] = [
    (rules.production_data_is_kept, "archive.on_removal", "destroy"),
    (rules.production_data_is_kept, "database.on_removal", "destroy"),
    (rules.production_is_protected_from_deletion, "database.deletion_protection", False),
    (rules.production_is_protected_from_deletion, "release.termination_protection", False),
    (rules.production_connections_are_encrypted, "database.require_tls", False),
    (rules.production_connections_are_encrypted, "cache.transit_encryption", "preferred"),
    (rules.production_connections_are_encrypted, "cache.authentication", False),
    (rules.production_tolerates_zone_loss, "database.multi_az", False),
    (rules.production_tolerates_zone_loss, "cache.replicas_per_shard", 0),
    (rules.production_tolerates_zone_loss, "cache.automatic_failover", False),
    (rules.production_can_be_restored, "database.backup_retention_days", 6),
    (rules.production_archive_keeps_three_years, "archive.retention_days", 1095),
    (rules.production_runs_on_aws, "release.target", "embedded"),
    (rules.production_alarms_have_subscribers, "alarms.subscriptions", ()),
    (rules.production_runbooks_have_a_url, "alarms.runbook_base_url", "docs/runbooks"),
]
ALLOWED: list[tuple[Rule, str, Any]] = [
    (rules.production_data_is_kept, "database.on_removal", "snapshot"),
    (rules.production_tolerates_zone_loss, "cache.replicas_per_shard", 1),
    (rules.production_can_be_restored, "database.backup_retention_days", 7),
    (rules.production_archive_keeps_three_years, "archive.retention_days", 1096),
    (rules.production_runbooks_have_a_url, "alarms.runbook_base_url", "https://wiki/runbooks"),
]


def found(rule: Rule, manifest: Manifest) -> list[str]:
    return [each.path for each in rule(manifest)]


@pytest.mark.parametrize("rule", rules.RULES, ids=lambda rule: rule.__name__)
def test_the_production_environment_of_the_tests_meets_the_rule(rule: Rule) -> None:
    assert found(rule, PRODUCTION) == []


@pytest.mark.parametrize(("rule", "key", "value"), WRONG, ids=[key for _, key, _ in WRONG])
def test_a_value_is_refused_in_production_only(rule: Rule, key: str, value: Any) -> None:
    changed = with_value(PRODUCTION, key, value)
    assert found(rule, changed) == [key]
    assert found(rule, with_value(changed, "environment.tier", "staging")) == []


@pytest.mark.parametrize(("rule", "key", "value"), ALLOWED, ids=[key for _, key, _ in ALLOWED])
def test_the_least_value_is_allowed_in_production(rule: Rule, key: str, value: Any) -> None:
    assert found(rule, with_value(PRODUCTION, key, value)) == []


def test_someone_receives_critical_alarms() -> None:
    rule = rules.production_critical_alarms_have_subscribers
    receivers = tuple(
        msgspec.structs.replace(each, severities=("warning",))
        for each in PRODUCTION.alarms.subscriptions
    )
    unheard = with_value(PRODUCTION, "alarms.subscriptions", receivers)
    assert found(rule, unheard) == ["alarms.subscriptions"]
    # The rule about missing subscriptions reports this.
    assert found(rule, with_value(PRODUCTION, "alarms.subscriptions", ())) == []
