from __future__ import annotations

from catalog_platform.policy.severity import PolicySeverity

LOW, MEDIUM, CRITICAL = PolicySeverity.LOW, PolicySeverity.MEDIUM, PolicySeverity.CRITICAL


def test_a_severity_reaches_its_own_threshold_and_every_less_severe_one() -> None:
    assert MEDIUM.reaches(MEDIUM)
    assert MEDIUM.reaches(LOW)
    assert not MEDIUM.reaches(CRITICAL)


def test_the_most_severe_comes_first() -> None:
    assert sorted([LOW, CRITICAL, MEDIUM], key=lambda each: each.rank) == [CRITICAL, MEDIUM, LOW]
