from __future__ import annotations

from catalog_platform.policy.assembly import Resource
from catalog_platform.policy.check_counts import checks_of, totals
from catalog_platform.policy.results import Counts
from catalog_platform.policy.severities import Severities
from catalog_platform.policy.severity import PolicySeverity
from catalog_platform.policy.verdicts import PolicyOutcome, Verdict
from support.manifests import ROOT
from support.results import a_result, a_waiver
from support.scans import a_check


def verdict(policy: str, logical_id: str) -> Verdict:
    return Verdict(policy=policy, message="", logical_id=logical_id, outcome=PolicyOutcome.FAILED)


def test_each_policy_is_counted_by_section_and_outcome() -> None:
    queue = Resource(
        logical_id="A", type="AWS::SQS::Queue", path="DeadLetters/Queue/Resource", attributes={}
    )
    counted = checks_of(
        "prod",
        [
            (verdict("B", "A"), None),
            (verdict("B", "A2"), a_result()),
            (verdict("B", "A3"), a_result(waiver=a_waiver())),
            (verdict("B", "elsewhere"), None),
            (verdict("A", "A"), None),
        ],
        dict.fromkeys(("A", "A2", "A3"), queue),
        Severities(ROOT / "policies"),
    )
    found = [(e.section, e.policy, e.passed, e.failed, e.waived) for e in counted]
    assert found == [
        ("", "B", 1, 0, 0),
        ("dead_letters", "A", 1, 0, 0),
        ("dead_letters", "B", 1, 1, 1),
    ]


def test_several_results_on_a_resource_count_once_as_failed_unless_all_are_waived() -> None:
    waived, failed = a_result(waiver=a_waiver()), a_result()
    pairs = [("one", waived), ("one", failed), ("all", waived), ("all", waived)]
    (row,) = checks_of(
        "prod", [(verdict("B", name), each) for name, each in pairs], {}, Severities(ROOT)
    )
    assert (row.passed, row.failed, row.waived) == (0, 1, 1)


def test_a_count_has_the_severity_of_its_policy() -> None:
    severities = Severities(ROOT / "policies")
    known = next(iter(severities.policies))
    rows = checks_of("prod", [(verdict(known, ""), None), (verdict("X", ""), None)], {}, severities)
    assert {each.policy: each.severity for each in rows} == {
        known: severities.policies[known].severity,
        "X": PolicySeverity.CRITICAL,
    }


def test_counts_with_the_same_key_are_added() -> None:
    checks = [
        a_check(policy="A", passed=1, failed=2, waived=3),
        a_check(policy="B", passed=5),
        a_check(policy="A", section="cache", passed=10),
    ]
    assert totals(checks, lambda each: each.policy) == {"A": Counts(11, 2, 3), "B": Counts(5)}
