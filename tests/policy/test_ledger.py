from __future__ import annotations

import datetime
from pathlib import Path

import pytest

from catalog_platform.policy.verdicts import Counts, ScanResult
from support import templates
from support.templates import QUEUE, SOUND, TODAY, placed, python_policy, rules, scan

WAIVER = {
    "policy": "OUR_1",
    "environments": "[dev]",
    "resource": "Stream/Queue",
    "reason": "the queue is emptied by hand",
    "owner": "catalog-platform",
    "expires": "2030-12-31",
}


def ledger(*waivers: dict[str, str]) -> str:
    entries = ("\n    ".join(f"{k}: {v}" for k, v in each.items()) for each in waivers)
    return "waivers:\n" + "".join(f"  - {entry}\n" for entry in entries)


def scanned(tmp_path: Path, text: str, **options: object) -> ScanResult:
    dev, staging = (placed(QUEUE, "Stream/Queue", environment=e) for e in ("dev", "staging"))
    assembly = templates.assembly(
        tmp_path / "out", dev={"Queue": dev}, staging={"Queue": staging}, prod={"Name": SOUND}
    )
    policies = templates.policies(tmp_path / "policies", ledger=text, rule_py=python_policy())
    return scan(assembly, policies, **{"known": ("dev", "staging", "prod"), **options})


def test_a_waiver_turns_a_failure_into_a_waived_one(tmp_path: Path) -> None:
    result = scanned(tmp_path, ledger(WAIVER))
    assert result.findings == ()
    assert result.counts["dev"] == Counts(passed=1, failed=0, waived=1)


def test_without_a_ledger_nothing_is_waived(tmp_path: Path) -> None:
    assert rules(scanned(tmp_path, "")) == {"OUR_1"}


@pytest.mark.parametrize(
    ("day", "holds"),
    [("2030-12-30", True), ("2030-12-31", True), ("2031-01-01", False)],
)
def test_a_waiver_holds_through_its_last_day(day: str, holds: bool, tmp_path: Path) -> None:
    result = scanned(tmp_path, ledger(WAIVER), today=datetime.date.fromisoformat(day))
    assert rules(result) == (set() if holds else {"OUR_1", "waiver-expired"})


def test_an_expired_waiver_is_found_at_its_line_and_names_its_owner(tmp_path: Path) -> None:
    old = {**WAIVER, "policy": "OTHER", "expires": "2030-01-01"}
    found = scanned(tmp_path, ledger(WAIVER, old)).findings
    assert [(str(f.location), f.rule) for f in found] == [
        ("policies/ledger.yaml:8:1", "waiver-expired")
    ]
    assert "catalog-platform" in found[0].hint


def test_a_waiver_for_more_than_400_days_is_refused(tmp_path: Path) -> None:
    longest = TODAY + datetime.timedelta(days=400)
    assert rules(scanned(tmp_path, ledger({**WAIVER, "expires": str(longest)}))) == set()
    later = str(longest + datetime.timedelta(days=1))
    found = rules(scanned(tmp_path, ledger({**WAIVER, "expires": later})))
    assert found == {"waiver-malformed", "OUR_1"}


UNMATCHED = {
    "another policy": {"policy": "CKV_AWS_27"},
    "another construct": {"resource": "Stream/Other"},
    "the same construct one level up": {"resource": "Stream"},
    "a pattern that would have to span levels": {"resource": "Stream*/Queue/*"},
}


@pytest.mark.parametrize("change", UNMATCHED.values(), ids=UNMATCHED)
def test_a_waiver_is_unmatched_when_it_names(change: dict[str, str], tmp_path: Path) -> None:
    found = rules(scanned(tmp_path, ledger({**WAIVER, **change})))
    assert "OUR_1" in found
    assert found & {"waiver-unmatched", "waiver-malformed"}


def test_a_waiver_must_be_needed_in_each_environment_that_is_scanned(tmp_path: Path) -> None:
    text = ledger({**WAIVER, "environments": "[dev, prod]"})
    assert rules(scanned(tmp_path, text)) == set()
    queue = placed(QUEUE, "Stream/Queue")
    assembly = templates.assembly(tmp_path / "two", dev={"Q": queue}, prod={"Name": SOUND})
    found = scan(assembly, tmp_path / "policies", "dev", "prod").findings
    assert [finding.rule for finding in found] == ["waiver-unmatched"]
    assert "in prod" in found[0].message


def test_a_waiver_does_not_reach_into_other_environments(tmp_path: Path) -> None:
    scanned(tmp_path, ledger(WAIVER))
    result = scan(
        tmp_path / "out", tmp_path / "policies", "dev", "staging", known=("dev", "staging")
    )
    assert [(f.rule, f.environment) for f in result.findings] == [("OUR_1", "staging")]


@pytest.mark.parametrize("name", ["no", "on", "off", "yes", "y", "null-1", "014"])
def test_an_environment_may_have_a_name_that_is_no_word_elsewhere(
    name: str, tmp_path: Path
) -> None:
    queue = placed(QUEUE, "Stream/Queue", environment=name)
    assembly = templates.assembly(tmp_path / "out", **{name: {"Queue": queue}})
    waiver = ledger({**WAIVER, "environments": f"[{name}]"})
    policies = templates.policies(tmp_path / "policies", ledger=waiver, rule_py=python_policy())
    assert scan(assembly, policies, name, known=(name,)).findings == ()


def test_of_two_waivers_for_one_failure_the_second_is_unmatched(tmp_path: Path) -> None:
    assert rules(scanned(tmp_path, ledger(WAIVER, WAIVER))) == {"waiver-unmatched"}


def test_a_star_stands_for_text_within_a_component(tmp_path: Path) -> None:
    assert rules(scanned(tmp_path, ledger({**WAIVER, "resource": "Stream/Qu*"}))) == set()


MALFORMED = {
    "the whole stack": {"resource": "'*/Queue'"},
    "no reason": {"reason": "''"},
    "a reason that says nothing": {"reason": "because"},
    "an unknown environment": {"environments": "[develop]"},
    "no environment": {"environments": "[]"},
    "an environment that is not in a list": {"environments": "dev"},
    "an environment twice": {"environments": "[dev, dev]"},
    "a date as text": {"expires": "'2030-12-31'"},
    "a time instead of a date": {"expires": "2030-12-31T00:00:00Z"},
    "an impossible date": {"expires": "2030-13-31"},
    "a key too many": {"ticket": "'1'"},
    "an owner that is a number": {"owner": "7"},
    "a key twice": {"policy": "OUR_1\n    policy: OUR_1"},
}


@pytest.mark.parametrize("change", MALFORMED.values(), ids=MALFORMED)
def test_a_malformed_waiver_waives_nothing_and_is_a_finding_with(
    change: dict[str, str], tmp_path: Path
) -> None:
    assert rules(scanned(tmp_path, ledger({**WAIVER, **change}))) == {"waiver-malformed", "OUR_1"}


@pytest.mark.parametrize("key", WAIVER)
def test_a_waiver_is_malformed_without_its(key: str, tmp_path: Path) -> None:
    lacking = {name: value for name, value in WAIVER.items() if name != key}
    found = scanned(tmp_path, ledger(lacking)).findings
    assert [f.message for f in found if f.rule == "waiver-malformed"] == [
        f"the key {key!r} is missing"
    ]


@pytest.mark.parametrize(
    "text",
    ["waivers: {}", "[]", "waivers: [1]", "waivers:\n", "other: []", "waivers: []\nmore: 1",
     "waivers: [", "waivers: [!!python/name:os.system ]", "waivers: &a [*a]", "? [a]\n: b"],
)  # fmt: skip
def test_a_ledger_of_another_shape_is_a_finding(text: str, tmp_path: Path) -> None:
    assert rules(scanned(tmp_path, text)) == {"waiver-malformed", "OUR_1"}


def test_what_the_scan_could_not_see_cannot_be_waived(tmp_path: Path) -> None:
    body = "return 1 / 0"
    queue = placed(QUEUE, "Stream/Queue")
    assembly = templates.assembly(tmp_path / "out", dev={"Queue": queue})
    policies = templates.policies(
        tmp_path / "policies",
        ledger=ledger(WAIVER, {**WAIVER, "policy": "scan-policy"}),
        rule_py=python_policy(body=body),
    )
    assert rules(scan(assembly, policies)) == {"scan-policy", "scan-log", "waiver-unmatched"}
