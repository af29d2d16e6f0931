from __future__ import annotations

from dataclasses import replace

from catalog_platform.policy.verdicts import PolicyOutcome, TemplateScan, Verdict

VERDICT = Verdict(policy="P", message="m", logical_id="Queue", outcome=PolicyOutcome.FAILED)


def test_verdicts_that_differ_only_in_evaluated_paths_are_the_same() -> None:
    """checkov reports a connection from both ends; the paths of the ends differ."""
    other = replace(VERDICT, paths=("Endpoint/Port",))
    assert {VERDICT, other} == {VERDICT}
    assert replace(VERDICT, outcome=PolicyOutcome.PASSED) != VERDICT


def test_scans_do_not_share_their_lists() -> None:
    first, second = TemplateScan(), TemplateScan()
    first.verdicts.append(VERDICT)
    assert second.verdicts == []
