from __future__ import annotations

from typing import Any

import pytest

from catalog_platform.manifest.checks import archive as rules
from support.models import violations

TIERING, GLACIER, DEEP = (
    "archive.intelligent_tiering_after_days",
    "archive.glacier_after_days",
    "archive.deep_archive_after_days",
)


def transitions(tiering: int | None, glacier: int | None, deep: int | None) -> dict[str, Any]:
    days = (tiering, glacier, deep)
    keys = (path.removeprefix("archive.") for path in (TIERING, GLACIER, DEEP))
    return dict(zip(keys, days, strict=True)) | {"retention_days": 400}


@pytest.mark.parametrize(
    ("days", "found"),
    [
        ((30, 90, 180), []),
        ((90, 90, 180), [GLACIER]),
        ((90, 60, 30), [GLACIER, DEEP]),
        ((90, None, 90), [DEEP]),
        ((None, 90, 91), []),
        ((None, None, None), []),
    ],
)
def test_a_transition_that_is_set_is_later_than_the_warmer_ones(
    days: tuple[int | None, int | None, int | None], found: list[str]
) -> None:
    assert violations(rules.archive_transitions_are_ordered, archive=transitions(*days)) == found


@pytest.mark.parametrize(("deep", "found"), [(399, []), (400, [DEEP]), (None, [])])
def test_the_last_transition_is_before_the_expiry(deep: int | None, found: list[str]) -> None:
    archive = transitions(None, None, deep)
    assert violations(rules.archive_transitions_precede_expiration, archive=archive) == found


@pytest.mark.parametrize(("payload", "found"), [(14, False), (13, True)])
def test_a_payload_is_kept_as_long_as_its_message(payload: int, found: bool) -> None:
    kept = {"payload_retention_days": payload, "queue_retention_days": 14}
    broken = violations(rules.payloads_outlive_queue_messages, dead_letters=kept)
    assert bool(broken) == found


@pytest.mark.parametrize("lock", ["off", "governance", "compliance"])
@pytest.mark.parametrize("on_removal", ["retain", "destroy"])
def test_only_a_locked_archive_that_would_be_destroyed_is_refused(
    lock: str, on_removal: str
) -> None:
    archive = {"object_lock": lock, "on_removal": on_removal}
    broken = violations(rules.locked_archive_is_retained, archive=archive)
    assert bool(broken) == (lock != "off" and on_removal == "destroy")


@pytest.mark.parametrize("lock", ["off", "governance", "compliance"])
@pytest.mark.parametrize("tier", ["development", "staging", "production"])
def test_only_production_may_use_compliance_mode(lock: str, tier: str) -> None:
    broken = violations(
        rules.only_production_uses_compliance_mode,
        archive={"object_lock": lock},
        environment={"tier": tier},
    )
    assert bool(broken) == (lock == "compliance" and tier != "production")


@pytest.mark.parametrize(
    ("days", "backup", "found"),
    [
        ((30, None, None), True, []),
        ((30, 90, None), True, [GLACIER]),
        ((30, 90, 365), True, [GLACIER, DEEP]),
        ((30, 90, 365), False, []),
    ],
)
def test_only_an_archive_without_backups_may_become_unreadable_for_them(
    days: tuple[int | None, int | None, int | None], backup: bool, found: list[str]
) -> None:
    rule = rules.backups_can_read_the_archive
    assert violations(rule, archive=transitions(*days), backup={"enabled": backup}) == found
