"""The life of a waiver: what its owner and others see while the clock moves."""

from __future__ import annotations

import datetime
from pathlib import Path

import pytest

from catalog_platform.findings import Finding, Severity
from catalog_platform.policy.waiver_expiry import days_left, in_days
from catalog_platform.policy.waivers import EnvironmentFacts, Violation, Waivers
from support.results import a_waiver

DEV = EnvironmentFacts("dev", "development", "aws")
STAGING = EnvironmentFacts("staging", "staging", "aws")
PROD = EnvironmentFacts("prod", "production", "aws")
KNOWN = (DEV, STAGING, PROD)
AFTERWARDS = datetime.date(2031, 1, 1)
ENTRY = """
  - id: queue
    kind: policy
    scope: {scope}
    rules: [OUR_1]
    resources: [Stream/Queue]
    digest: sha256:{digest}
    reason: the queue is emptied by hand
    owner: catalog-platform
    ticket: OPS-7
    created: 2030-06-01
    expires: 2030-12-31
"""
DIGEST = "0" * 64


def violation(environment: EnvironmentFacts, digest: str = DIGEST) -> Violation:
    return Violation(
        kind="policy",
        rule="OUR_1",
        environment=environment,
        resource="Stream/Queue",
        digest=f"sha256:{digest}",
    )


def found(
    folder: Path,
    scope: str,
    day: datetime.date,
    scanned: tuple[EnvironmentFacts, ...],
    failing: tuple[EnvironmentFacts, ...],
) -> list[Finding]:
    """Return the findings of a scan in which the policy fails in some environments."""
    (folder / "waivers.yaml").write_text("waivers:" + ENTRY.format(scope=scope, digest=DIGEST))
    waivers = Waivers(folder, "policy", day, KNOWN)
    for each in failing:
        assert (waivers.waiver_for(violation(each)) is None) == (day >= AFTERWARDS)
        waivers.expired_for(violation(each))
    waivers.report_expired([each.name for each in scanned])
    return waivers.findings


LIFE = [
    ("2030-06-01", None, ""),
    ("2030-11-30", None, ""),
    ("2030-12-01", Severity.NOTE, "expires on 2030-12-31, in 30 days"),
    ("2030-12-16", Severity.NOTE, "expires on 2030-12-31, in 15 days"),
    ("2030-12-17", Severity.WARNING, "expires on 2030-12-31, in 14 days"),
    ("2030-12-23", Severity.WARNING, "expires on 2030-12-31, in 8 days"),
    ("2030-12-24", Severity.WARNING, "in 7 days: afterwards, what it covers is an error"),
    ("2030-12-30", Severity.WARNING, "in 1 day: afterwards, what it covers is an error"),
    ("2030-12-31", Severity.WARNING, "today: afterwards, what it covers is an error"),
    ("2031-01-01", Severity.ERROR, "expired on 2030-12-31; it no longer covers 1 violation in dev"),
]


@pytest.mark.parametrize(("day", "severity", "end"), LIFE, ids=[day for day, _, _ in LIFE])
@pytest.mark.parametrize("scope", ["all", "{environments: [dev]}", "{tiers: [development]}"])
def test_the_owner_sees_the_end_come_nearer(
    scope: str, day: str, severity: Severity | None, end: str, tmp_path: Path
) -> None:
    findings = found(tmp_path, scope, datetime.date.fromisoformat(day), (DEV,), (DEV,))
    assert [each.severity for each in findings] == ([severity] if severity else [])
    for each in findings:
        assert each.message.startswith("the waiver queue of catalog-platform ")
        assert each.message.endswith(end)
        assert "ask catalog-platform to review the reason and set a new date (OPS-7)" in each.hint
        assert str(each.location).endswith("waivers.yaml:2:1")


@pytest.mark.parametrize("scope", ["all", "{environments: [dev]}", "{targets: [aws]}"])
def test_a_bystander_sees_a_warning_after_the_end(scope: str, tmp_path: Path) -> None:
    (finding,) = found(tmp_path, scope, AFTERWARDS, (PROD,), ())
    assert (finding.severity, finding.environment) == (Severity.WARNING, "")
    assert finding.message.endswith("it concerns no environment of this scan")


def test_after_the_end_each_environment_that_needs_the_waiver_has_its_own_error(
    tmp_path: Path,
) -> None:
    findings = found(tmp_path, "all", AFTERWARDS, KNOWN, (DEV, STAGING, STAGING))
    assert [(each.severity, each.environment) for each in findings] == [
        (Severity.ERROR, "dev"),
        (Severity.ERROR, "staging"),
    ]
    assert [each.message.partition("; ")[2] for each in findings] == [
        "it no longer covers 1 violation in dev",
        "it no longer covers 2 violations in staging",
    ]


def test_a_scanned_environment_that_is_named_is_concerned_without_a_violation(
    tmp_path: Path,
) -> None:
    (finding,) = found(tmp_path, "{environments: [prod, dev]}", AFTERWARDS, (PROD,), ())
    assert (finding.severity, finding.environment) == (Severity.ERROR, "prod")
    assert finding.message.endswith("it names prod, where no violation needs it")


def test_a_change_of_the_values_ends_a_waiver_before_its_last_day(tmp_path: Path) -> None:
    found(tmp_path, "all", datetime.date(2030, 6, 1), (), ())
    waivers = Waivers(tmp_path, "policy", datetime.date(2030, 6, 1), KNOWN)
    assert waivers.waives(violation(DEV))
    changed = violation(DEV, "1" * 64)
    assert not waivers.waives(changed)
    assert [each.id for each in [waivers.covering_other_values(changed)] if each] == ["queue"]
    after = Waivers(tmp_path, "policy", AFTERWARDS, KNOWN)
    assert after.expired_for(changed) is None
    assert after.expired_for(violation(DEV)) is not None


@pytest.mark.parametrize(
    ("days", "words"), [(2, "in 2 days"), (1, "in 1 day"), (0, "today"), (-1, "1 day ago")]
)
def test_days_are_counted_to_the_last_day(days: int, words: str) -> None:
    waiver = a_waiver()
    assert days_left(waiver, waiver.expires - datetime.timedelta(days=days)) == days
    assert in_days(days) == words
