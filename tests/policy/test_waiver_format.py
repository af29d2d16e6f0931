from __future__ import annotations

import datetime
from typing import Any

import pytest

from catalog_platform.plan.verdict import Verdict
from catalog_platform.policy.severity import PolicySeverity
from catalog_platform.policy.waiver_format import (
    MAXIMUM_ID,
    MINIMUM_REASON,
    REQUIRED,
    VERDICTS,
    entry_errors,
    parse_entry,
)
from catalog_platform.policy.waiver_horizon import MAXIMUM_DAYS

TODAY = datetime.date(2030, 6, 1)
DAY = datetime.timedelta(days=1)
LISTED = {"OUR_1": PolicySeverity.LOW, "OUR_2": PolicySeverity.HIGH}
DIGEST = f"sha256:{'0' * 64}"
ENTRY: dict[str, Any] = {
    "id": "queue-1",
    "kind": "policy",
    "scope": {"environments": ["dev"]},
    "rules": ["OUR_1"],
    "resources": ["Stream/*"],
    "reason": "r" * MINIMUM_REASON,
    "owner": "catalog-platform",
    "created": TODAY,
    "expires": TODAY + MAXIMUM_DAYS * DAY,
}
VALID: list[dict[str, Any]] = [
    {},
    {"scope": "all"},
    {"scope": {"tiers": ["production", "staging"]}},
    {"scope": {"targets": ["embedded"]}},
    {"kind": "scanner", "rules": ["cdk-nag/AwsSolutions-*"]},
    {"kind": "change", "rules": ["lost", "at_risk"], "digest": DIGEST},
    {"digest": DIGEST},
    {"created": TODAY + DAY},  # it is tomorrow already, somewhere
    {"created": TODAY, "expires": TODAY},
    {"id": "a" * MAXIMUM_ID},
    {"ticket": "OPS-123"},
    {"ticket": "https://tickets.example/OPS-123"},
    {"rules": ["OUR_1[PolicyDocument/Statement/0]", "OUR_1"]},
    {"rules": ["OUR_2"], "expires": TODAY + 180 * DAY},
    {"kind": "scanner", "rules": ["OUR_2/x"]},
    {"kind": "drift", "rules": ["at_risk"], "digest": DIGEST},
]
INVALID: list[tuple[dict[str, Any], str]] = [
    (
        {"kind": "change", "rules": ["rejected"], "digest": DIGEST},
        "rules: 'rejected' is no verdict that kind change can acknowledge: AWS refuses the change",
    ),
    (
        {"kind": "change", "rules": ["safe"], "digest": DIGEST},
        "one of unprotected, irreversible, at_risk, lost",
    ),
    (
        {"kind": "change", "rules": ["lost"]},
        "digest: a waiver of kind change is for certain values only; catalogctl acknowledge",
    ),
    (
        {"kind": "drift", "rules": ["lost"], "digest": DIGEST},
        "rules: 'lost' is no verdict that kind drift can acknowledge: one of at_risk",
    ),
    ({"kind": "drift", "rules": ["at_risk"]}, "digest: a waiver of kind drift is for certain"),
    ({"id": "Queue"}, "id: 'Queue' must be at most 60 lower-case letters"),
    ({"id": "a" * (MAXIMUM_ID + 1)}, "id: "),
    ({"id": 7}, "id: must be text, not 7"),
    ({"kind": "other"}, "kind: 'other' is not one of policy, scanner, change, drift"),
    ({"owner": " "}, "owner: must be text"),
    (
        {"reason": f"{'r' * (MINIMUM_REASON - 1)}  "},
        "reason: 19 characters are too short; at least 20",
    ),
    ({"digest": "sha256:0"}, "digest: must be `sha256:` and 64 hexadecimal digits"),
    ({"scope": "dev"}, "scope: must be `all` or one of environments, tiers, targets"),
    ({"scope": {"tiers": ["production"], "targets": ["aws"]}}, "scope: must be `all`"),
    ({"scope": {"tiers": []}}, "scope: tiers: must be a list of different names"),
    ({"scope": {"environments": ["prod"]}}, "scope: 'prod' is not one of the environments: dev"),
    ({"scope": {"tiers": ["dev"]}}, "scope: 'dev' is not one of the tiers: development"),
    ({"scope": {"accounts": ["1"]}}, "scope: must be `all`"),
    ({"scope": {"environments": "dev"}}, "scope: environments: must be a list"),
    ({"scope": {"environments": ["dev", "dev"]}}, "scope: environments: must be a list"),
    ({"scope": {"targets": ["azure"]}}, "scope: 'azure' is not one of the targets: aws"),
    ({"rules": []}, "rules: must be a list of different texts"),
    ({"rules": ["*"]}, "`*` is allowed only in rules of kind scanner"),
    ({"resources": "Stream/Queue"}, "resources: must be a list of different texts"),
    ({"resources": []}, "resources: must be a list of different texts"),
    ({"reason": ""}, "reason: must be text"),
    ({"id": "the queue"}, "id: 'the queue' must be"),
    ({"owner": 7}, "owner: must be text, not 7"),
    ({"expires": datetime.datetime(2030, 12, 31)}, "expires: must be a date"),
    ({"rules": ["A", "A"]}, "rules: must be a list of different texts"),
    ({"rules": ["OUR_*"]}, "`*` is allowed only in rules of kind scanner"),
    ({"kind": "scanner", "rules": ["*/A"]}, "must be SCANNER/RULE"),
    ({"kind": "scanner", "rules": ["cdk-nag/*"]}, "must be SCANNER/RULE"),
    ({"resources": ["*/Queue"]}, "`*` is not allowed in the first component"),
    ({"created": "2030-06-01"}, "created: must be a date"),
    ({"created": TODAY + 2 * DAY}, "created: 2030-06-03 is in the future"),
    ({"expires": TODAY - DAY}, "expires: 2030-05-31 is before created, 2030-06-01"),
    ({"expires": TODAY + (MAXIMUM_DAYS + 1) * DAY}, "is more than 400 days after created"),
    ({"until": 1}, "the key 'until' is unknown"),
    ({"ticket": "soon"}, "ticket: 'soon' must be a URL, or an id such as OPS-123"),
    ({"ticket": 7}, "ticket: must be text, not 7"),
    ({"rules": ["OUR_1[]"]}, "must be a policy, or a policy and a property of the resource"),
    ({"rules": ["OUR_1[a"]}, "must be a policy, or"),
    ({"rules": ["OUR_1 OUR_2"]}, "must be a policy, or"),
    (
        {"rules": ["OUR_1", "OUR_2[a/b]"], "expires": TODAY + 181 * DAY},
        "expires: 2030-11-29 is too late for OUR_2[a/b], whose severity is high: at most 180 days",
    ),
]


def found(changes: dict[str, Any]) -> list[str]:
    return entry_errors(ENTRY | changes, ["dev"], TODAY, LISTED)


def test_the_rules_of_changes_are_the_verdicts_that_can_be_acknowledged() -> None:
    blocking = {each.value for each in Verdict if each.blocks}
    assert blocking - {Verdict.REJECTED.value} == {*VERDICTS["change"]}


@pytest.mark.parametrize("changes", VALID, ids=str)
def test_an_entry_within_the_limits_has_no_faults(changes: dict[str, Any]) -> None:
    assert found(changes) == []


@pytest.mark.parametrize(("changes", "message"), INVALID, ids=[text for _, text in INVALID])
def test_a_fault_names_the_key_the_value_and_what_is_allowed(
    changes: dict[str, Any], message: str
) -> None:
    (fault,) = found(changes)
    assert message in fault


@pytest.mark.parametrize("key", REQUIRED)
def test_every_required_key_must_be_there(key: str) -> None:
    entry = {name: value for name, value in ENTRY.items() if name != key}
    assert entry_errors(entry, ["dev"], TODAY, LISTED) == [f"the key {key!r} is missing"]


def test_all_faults_are_found_at_once() -> None:
    assert len(found({"id": "A", "kind": "b", "scope": "c", "expires": TODAY - DAY})) == 4


def test_a_waiver_has_one_part_for_each_combination() -> None:
    entry = {"scope": {"tiers": ["production", "staging"]}, "rules": ["A", "B"]}
    waiver = parse_entry(ENTRY | entry, line=7)
    assert (waiver.line, waiver.digest) == (7, "")
    assert [(part.value, part.rule) for part in waiver.parts] == [
        ("production", "A"),
        ("production", "B"),
        ("staging", "A"),
        ("staging", "B"),
    ]


@pytest.mark.parametrize(
    ("scope", "words"),
    [
        ("all", "any environment"),
        ({"environments": ["dev"]}, "dev"),
        ({"tiers": ["production"]}, "any environment of tier production"),
        ({"targets": ["aws"]}, "any environment on aws"),
    ],
)
def test_the_scope_of_a_part_is_given_in_words(scope: Any, words: str) -> None:
    (part,) = parse_entry(ENTRY | {"scope": scope}, line=1).parts
    assert part.scope == words
