"""The policies that ran, and their controls."""

from __future__ import annotations

from catalog_platform.policy.results import Counts
from catalog_platform.report import scan_evidence
from support.scans import full_context, full_scan

NAMES = ["prod", "dev"]


def test_a_control_has_the_sum_of_its_policies_per_environment() -> None:
    _, nist = scan_evidence.frameworks(full_scan(), full_context(), NAMES)
    (row,) = nist.tables[0].rows
    assert (row.name, row.note, row.policies) == (
        "SC-28",
        "Encrypt data at rest",
        ("CKV_AWS_18", "CKV_AWS_27"),
    )
    assert row.cells == (Counts(3, 1, 1), Counts(3, 1, 1))


def test_a_control_names_only_policies_that_ran_and_one_without_any_is_not_listed() -> None:
    cis, nist = scan_evidence.frameworks(full_scan(), full_context(), NAMES)
    (row,) = cis.tables[0].rows
    assert row.policies == ("CKV_AWS_17",)
    assert row.cells == (Counts(0, 1), None)
    assert (cis.controls, cis.failing, nist.controls) == (1, 1, 1)


def test_policies_are_in_the_order_of_their_severity_with_its_reason() -> None:
    (table,) = scan_evidence.policies(full_scan(), full_context(), NAMES)
    assert [(each.name, each.severity, each.note) for each in table.rows] == [
        ("CKV_AWS_17", "critical", "Data is open."),
        ("CKV_AWS_27", "medium", ""),
        ("CKV_AWS_18", "info", ""),
    ]
    anchors = scan_evidence.anchors(full_scan())
    assert {each.name: each.anchor for each in table.rows} == anchors
    assert len({*anchors.values()}) == 3
