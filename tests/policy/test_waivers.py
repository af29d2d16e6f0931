from __future__ import annotations

import datetime
import re
from pathlib import Path

import pytest

from catalog_platform.findings import Severity, has_errors
from catalog_platform.policy.results import Counts, ScanResult
from catalog_platform.policy.waivers import EnvironmentFacts
from support import templates
from support.templates import QUEUE, VALID, placed, python_policy, rules, scan

WAIVER = {
    "id": "queue",
    "kind": "policy",
    "scope": "{environments: [dev]}",
    "rules": "[OUR_1]",
    "resources": "[Stream/Queue]",
    "reason": "the queue is emptied by hand",
    "owner": "catalog-platform",
    "created": "2030-06-01",
    "expires": "2030-12-31",
}
KNOWN = (
    EnvironmentFacts("dev", "development", "aws"),
    EnvironmentFacts("staging", "staging", "aws"),
    EnvironmentFacts("prod", "production", "aws"),
)


def waivers(*entries: dict[str, str]) -> str:
    lines = ("\n    ".join(f"{k}: {v}" for k, v in each.items()) for each in entries)
    return "waivers:\n" + "".join(f"  - {entry}\n" for entry in lines)


def scanned(tmp_path: Path, text: str, *names: str, **options: object) -> ScanResult:
    dev, staging = (placed(QUEUE, "Stream/Queue", environment=e) for e in ("dev", "staging"))
    assembly = templates.assembly(
        tmp_path / "out", dev={"Queue": dev}, staging={"Queue": staging}, prod={"Name": VALID}
    )
    policies = templates.policies(
        tmp_path / "policies",
        waivers=text,
        severities=templates.severities(OUR_1="medium"),
        rule_py=python_policy(),
    )
    return scan(assembly, policies, *names, **{"known": KNOWN, **options})


def test_a_waiver_turns_a_failure_into_a_waived_one(tmp_path: Path) -> None:
    result = scanned(tmp_path, waivers(WAIVER))
    assert result.findings == ()
    assert result.counts["dev"] == Counts(passed=1, failed=0, waived=1)


def test_without_a_file_nothing_is_waived(tmp_path: Path) -> None:
    assert rules(scanned(tmp_path, "")) == {"OUR_1"}


@pytest.mark.parametrize(
    ("day", "holds"),
    [("2030-12-30", True), ("2030-12-31", True), ("2031-01-01", False)],
)
def test_a_waiver_is_valid_through_its_last_day(day: str, holds: bool, tmp_path: Path) -> None:
    result = scanned(tmp_path, waivers(WAIVER), today=datetime.date.fromisoformat(day))
    assert rules(result) == ({"waiver-expires-soon"} if holds else {"OUR_1", "waiver-expired"})


# tests/policy/test_waiver_expiry.py moves the clock over the life of a waiver.
def test_the_result_that_an_expired_waiver_covered_names_it(tmp_path: Path) -> None:
    expired = scanned(tmp_path, waivers(WAIVER), today=datetime.date(2031, 1, 1))
    assert "the waiver queue of catalog-platform expired on 2030-12-31" in expired.results[0].hint
    (valid,) = scanned(tmp_path, waivers(WAIVER)).results
    assert valid.hint == "use a stream"


def test_an_expired_waiver_does_not_fail_the_scan_of_another_environment(tmp_path: Path) -> None:
    result = scanned(tmp_path, waivers(WAIVER), "prod", today=datetime.date(2031, 1, 1))
    assert not has_errors(result.findings)
    assert rules(result) == {"waiver-expired"}


def test_a_renewed_waiver_leaves_a_warning_about_the_old_one(tmp_path: Path) -> None:
    old = {**WAIVER, "id": "old", "scope": "all", "created": "2030-01-01", "expires": "2030-05-01"}
    result = scanned(tmp_path, waivers(old, WAIVER))
    assert [(f.rule, f.severity) for f in result.findings] == [("waiver-expired", Severity.WARNING)]
    assert result.counts["dev"].waived == 1


def test_after_a_waiver_expired_only_its_own_violations_are_reported(tmp_path: Path) -> None:
    other = {**WAIVER, "id": "other", "scope": "{environments: [staging]}", "expires": "2030-06-30"}
    result = scanned(
        tmp_path, waivers(WAIVER, other), "dev", "staging", today=datetime.date(2030, 7, 1)
    )
    assert {(f.rule, f.environment) for f in result.findings} == {
        ("waiver-expired", "staging"),
        ("OUR_1", "staging"),
    }


def test_an_expired_waiver_is_found_at_its_line_and_names_its_owner(tmp_path: Path) -> None:
    old = {**WAIVER, "id": "old", "created": "2029-12-01", "expires": "2030-01-01"}
    found = scanned(tmp_path, waivers(WAIVER, old)).findings
    assert [(str(f.location), f.rule) for f in found] == [
        ("policies/waivers.yaml:11:1", "waiver-expired")
    ]
    assert "catalog-platform" in found[0].hint


UNMATCHED = {
    "another policy": {"rules": "[CKV_AWS_27]"},
    "another construct": {"resources": "[Stream/Other]"},
    "the same construct one level up": {"resources": "[Stream]"},
    "a pattern that would have to span levels": {"resources": "[Stream/*/*]"},
    "another tier": {"scope": "{tiers: [production]}"},
    "another target": {"scope": "{targets: [embedded]}"},
    "other values": {"digest": f"sha256:{'0' * 64}"},
}


@pytest.mark.parametrize("change", UNMATCHED.values(), ids=UNMATCHED)
def test_a_waiver_is_unmatched_when_it_names(change: dict[str, str], tmp_path: Path) -> None:
    found = rules(scanned(tmp_path, waivers({**WAIVER, **change})))
    assert "OUR_1" in found
    assert "waiver-malformed" not in found


def test_a_waiver_must_be_needed_in_each_environment_that_is_scanned(tmp_path: Path) -> None:
    text = waivers({**WAIVER, "scope": "{environments: [dev, prod]}"})
    assert rules(scanned(tmp_path, text)) == set()
    queue = placed(QUEUE, "Stream/Queue")
    assembly = templates.assembly(tmp_path / "two", dev={"Q": queue}, prod={"Name": VALID})
    found = scan(assembly, tmp_path / "policies", "dev", "prod", known=KNOWN).findings
    assert [finding.rule for finding in found] == ["waiver-unmatched"]
    assert "in prod" in found[0].message
    assert found[0].environment == "prod"


def test_a_waiver_does_not_reach_into_other_environments(tmp_path: Path) -> None:
    scanned(tmp_path, waivers(WAIVER))
    result = scan(tmp_path / "out", tmp_path / "policies", "dev", "staging", known=KNOWN)
    assert [(f.rule, f.environment) for f in result.findings] == [("OUR_1", "staging")]


def test_of_two_waivers_for_one_failure_the_second_is_unmatched(tmp_path: Path) -> None:
    second = {**WAIVER, "id": "second"}
    assert rules(scanned(tmp_path, waivers(WAIVER, second))) == {"waiver-unmatched"}


def test_a_star_stands_for_text_within_a_component(tmp_path: Path) -> None:
    assert rules(scanned(tmp_path, waivers({**WAIVER, "resources": "[Stream/Qu*]"}))) == set()


# tests/policy/test_waiver_format.py has every fault of an entry; these are of the file's values.
MALFORMED = {
    "the whole stack": {"resources": "['*/Queue']"},
    "a date as text": {"expires": "'2030-12-31'"},
    "a time instead of a date": {"expires": "2030-12-31T00:00:00Z"},
    "an impossible date": {"expires": "2030-13-31"},
    "a key twice": {"owner": "a\n    owner: a"},
}


@pytest.mark.parametrize("change", MALFORMED.values(), ids=MALFORMED)
def test_a_malformed_waiver_waives_nothing_and_is_a_finding_with(
    change: dict[str, str], tmp_path: Path
) -> None:
    assert rules(scanned(tmp_path, waivers({**WAIVER, **change}))) == {"waiver-malformed", "OUR_1"}


@pytest.mark.parametrize(
    "text",
    ["waivers: {}", "[]", "waivers: [1]", "waivers:\n", "other: []", "waivers: []\nmore: 1",
     "waivers: [", "waivers: [!!python/name:os.system ]", "waivers: &a [*a]", "? [a]\n: b"],
)  # fmt: skip
def test_a_file_of_another_shape_is_a_finding(text: str, tmp_path: Path) -> None:
    assert rules(scanned(tmp_path, text)) == {"waiver-malformed", "OUR_1"}


def test_an_incomplete_scan_cannot_be_waived(tmp_path: Path) -> None:
    body = "return 1 / 0"
    soon = {**WAIVER, "expires": "2030-08-30"}
    queue = placed(QUEUE, "Stream/Queue")
    assembly = templates.assembly(tmp_path / "out", dev={"Queue": queue})
    policies = templates.policies(
        tmp_path / "policies",
        waivers=waivers(soon, {**soon, "id": "other", "rules": "[scan-policy]"}),
        rule_py=python_policy(body=body),
    )
    assert rules(scan(assembly, policies)) == {"scan-policy", "scan-log", "waiver-unmatched"}


TIER = {**WAIVER, "scope": "{tiers: [development, staging]}"}


def test_a_waiver_for_a_tier_covers_every_environment_of_it(tmp_path: Path) -> None:
    result = scanned(tmp_path, waivers(TIER), "dev", "staging")
    assert result.findings == ()
    assert result.counts["staging"].waived == 1
    twin = EnvironmentFacts("dev", "staging", "aws")
    assert scanned(tmp_path, waivers(TIER), known=(twin, *KNOWN[1:])).findings == ()


def test_a_waiver_for_a_tier_that_nothing_needs_is_a_note_once_everything_is_scanned(
    tmp_path: Path,
) -> None:
    unneeded = waivers(WAIVER, {**TIER, "id": "tiers", "scope": "{tiers: [production]}"})
    assert scanned(tmp_path, unneeded, "dev", "prod").findings == ()
    result = scanned(tmp_path, unneeded, "dev", "prod", known=(KNOWN[0], KNOWN[2]))
    (finding,) = result.findings
    assert (finding.rule, finding.severity) == ("waiver-unmatched", Severity.NOTE)
    assert not has_errors(result.findings)


def test_of_a_waiver_for_two_tiers_each_must_be_needed(tmp_path: Path) -> None:
    two = waivers({**TIER, "scope": "{tiers: [development, production]}"})
    known = (KNOWN[0], KNOWN[2])
    (finding,) = scanned(tmp_path, two, "dev", "prod", known=known).findings
    assert "any environment of tier production" in finding.message


def test_a_waiver_for_all_covers_every_environment(tmp_path: Path) -> None:
    everywhere = waivers({**WAIVER, "scope": "all"})
    assert scanned(tmp_path, everywhere, "dev", "staging", "prod").findings == ()


def test_a_waiver_with_a_digest_holds_until_a_value_that_violates_the_policy_changes(
    tmp_path: Path,
) -> None:
    wrong = scanned(tmp_path, waivers({**WAIVER, "digest": f"sha256:{'0' * 64}"}))
    (finding,) = (each for each in wrong.findings if each.rule == "OUR_1")
    assert "the waiver queue is for other values: they have changed" in finding.hint
    assert "ask catalog-platform to review it" in finding.hint
    (shown,) = re.findall(r"\((sha256:[0-9a-f]{64})\)", finding.hint)
    assert scanned(tmp_path, waivers({**WAIVER, "digest": shown})).findings == ()
    changed = {**QUEUE, "Properties": {**QUEUE["Properties"], "DelaySeconds": 9}}
    assembly = templates.assembly(tmp_path / "out", dev={"Queue": placed(changed, "Stream/Queue")})
    assert "OUR_1" in rules(scan(assembly, tmp_path / "policies"))


def test_waivers_of_other_kinds_are_checked_and_neither_apply_nor_expire_here(
    tmp_path: Path,
) -> None:
    other = {**WAIVER, "id": "other", "rules": "['One/*x']", "kind": "scanner"}
    assert rules(scanned(tmp_path, waivers(WAIVER, other))) == {"waiver-malformed"}
    other["rules"] = "['One/A*']"
    assert rules(scanned(tmp_path, waivers(WAIVER, other))) == set()
    old = {**other, "created": "2029-01-01", "expires": "2029-02-01"}
    assert rules(scanned(tmp_path, waivers(WAIVER, old))) == set()


def test_an_id_is_unique(tmp_path: Path) -> None:
    second = {**WAIVER, "scope": "{environments: [staging]}"}
    found = scanned(tmp_path, waivers(WAIVER, second)).findings
    assert [each.message for each in found] == ["the id queue is already on line 2"]


def test_a_short_reason_is_reported_with_the_required_length(tmp_path: Path) -> None:
    found = scanned(tmp_path, waivers({**WAIVER, "reason": "Traces cost money."})).findings
    assert "reason: 18 characters are too short; at least 20 are required" in {
        each.message for each in found
    }
