from __future__ import annotations

from catalog_platform.release.preflight.model import (
    CheckResult,
    Preflight,
    Status,
    failed,
    not_checked,
    passed,
    warning,
)


def test_only_a_failed_result_prevents_a_deployment() -> None:
    harmless = (passed("a"), warning("b", hint="c"), not_checked("d"))
    found = Preflight("dev", "1", "eu-west-1", tuple(CheckResult("x", each) for each in harmless))
    assert not found.has_failed
    worse = (*found.results, CheckResult("y", failed("e", hint="f")))
    found = Preflight("dev", "1", "eu-west-1", worse)
    assert found.has_failed
    assert [each.check for each in found.of(Status.FAILED)] == ["y"]
