"""The counts of a scan per environment."""

from __future__ import annotations

from catalog_platform.policy.results import ScanResult
from catalog_platform.report import scan_counts
from support.scans import DEV, a_check, a_problem, full_scan


def test_each_environment_has_its_counts() -> None:
    prod, dev = scan_counts.counts(full_scan())
    assert prod.row == (3, 1, 0, 1, 0, 0, 0, 1)
    assert (prod.errors, prod.new, prod.fixed) == (1, 1, 1)
    assert dev.row == (3, 0, 0, 1, 0, 0, 0, 1)
    assert (dev.errors, dev.new, dev.fixed) == (0, 0, 0)


def test_a_problem_of_an_environment_is_counted() -> None:
    scan = ScanResult(environments=(DEV,), problems=(a_problem(environment="dev"), a_problem()))
    (dev,) = scan_counts.counts(scan)
    assert dev.problems == 1


def test_the_table_is_aligned_and_compares_only_with_a_base() -> None:
    assert scan_counts.table(full_scan()) == (
        "environment  passed  critical  high  medium  low  info  problems  waived  new  fixed\n"
        "prod              3         1     0       1    0     0         0       1    1      1\n"
        "dev               3         0     0       1    0     0         0       1    0      0\n"
    )
    alone = ScanResult(environments=(DEV,), checks=(a_check(environment="dev", passed=1234567),))
    assert scan_counts.table(alone) == (
        "environment  passed  critical  high  medium  low  info  problems  waived\n"
        "dev          1234567         0     0       0    0     0         0       0\n"
    )
