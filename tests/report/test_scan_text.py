"""The scan as text."""

from __future__ import annotations

from catalog_platform.policy.results import ScanResult
from catalog_platform.report import scan_text
from support.manifests import SOURCES
from support.results import a_result
from support.scans import DEV, TODAY, full_scan


def test_a_new_finding_comes_first_with_key_construct_causes_and_hint() -> None:
    lines = scan_text.render(full_scan(), SOURCES, TODAY).splitlines()
    assert lines[0] == (
        "environments/prod.yaml:30:3: Database/Instance/Resource: Ensure all data stored in RDS is"
        " not publicly accessible [CKV_AWS_17] (critical, new, prod)"
    )
    below = [each.strip() for each in lines[1:8]]
    assert "key: database.public" in below
    assert "built at: platform/catalog_platform/infra/database.py:88:1" in below
    assert "because: environments/prod.yaml:30:1: database.public" in below
    assert "because: platform/catalog_platform/infra/database.py:1:1: code" in below
    assert "hint: https://docs.example.com/general-17" in below


def test_a_finding_of_several_environments_is_one_with_their_names() -> None:
    text = scan_text.render(full_scan(), SOURCES, TODAY)
    assert text.count("[CKV_AWS_27]") == 1
    assert "note: DeadLetters/Queue/Resource" in text
    assert "(medium, unchanged, prod, dev)" in text


def test_what_is_waived_is_below_its_waiver_with_owner_ticket_and_days_left() -> None:
    assert (
        "waived until 2030-06-30 (5 days left): queue-without-encryption, catalog-team, CAT-12\n"
        "    Audit/Bucket/Resource [CKV_AWS_18] (info, dev, prod)\n"
    ) in scan_text.render(full_scan(), SOURCES, TODAY)


def test_blocks_are_in_the_order_of_their_urgency() -> None:
    text = scan_text.render(full_scan(), SOURCES, TODAY)
    starts = (
        "CKV_AWS_17",
        "waiver-expires-soon",
        "waived until",
        "fixed: Keys/Key: Ensure rotation of keys [CKV_AWS_7] (prod)",
        "1 error, 1 warning, 1 note\n",
        "compared with origin/main (111111111111): 1 new, 2 unchanged, 1 fixed, 2 waived\n",
        "environment  passed",
    )
    places = [text.index(each) for each in starts]
    assert places == sorted(places)


def test_without_a_base_nothing_is_compared() -> None:
    scan = ScanResult(environments=(DEV,), results=(a_result(environment="dev"),))
    text = scan_text.render(scan, SOURCES, TODAY)
    assert "compared" not in text
    assert "[CKV_AWS_27] (high, dev)" in text


def test_a_scan_without_findings_says_so() -> None:
    text = scan_text.render(ScanResult(environments=(DEV,)), SOURCES, TODAY)
    assert text.startswith("no findings\n\nenvironment  ")


def test_several_results_on_one_resource_are_told_apart() -> None:
    scan = ScanResult(results=(a_result(detail="Statement/0"), a_result(detail="Statement/1")))
    text = scan_text.render(scan, SOURCES, TODAY)
    assert "DeadLetters/Queue/Resource[Statement/0]" in text
    assert "DeadLetters/Queue/Resource[Statement/1]" in text
