"""Tables of counts with the environments side by side."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from catalog_platform.policy.results import Counts
from catalog_platform.report.count_tables import CountRow, added, by_key, tables
from support.scans import a_check


def rows(names: Sequence[str]) -> Iterator[CountRow]:
    yield CountRow(name="row", cells=tuple(Counts(passed=len(each)) for each in names))


def test_many_environments_get_several_tables_named_in_the_caption() -> None:
    found = tables("Counts", "key", [f"e{at}" for at in range(9)], rows)
    assert [each.environments for each in found] == [
        ("e0", "e1", "e2", "e3"),
        ("e4", "e5", "e6", "e7"),
        ("e8",),
    ]
    assert found[2].caption == "Counts: e8"
    assert [len(each.rows[0].cells) for each in found] == [4, 4, 1]


def test_few_environments_are_one_table() -> None:
    (table,) = tables("Counts", "key", ["a", "b"], rows)
    assert table.caption == "Counts"
    assert tables("Counts", "key", [], rows) == ()


def test_checks_are_added_by_environment_and_key() -> None:
    checks = [a_check(passed=2), a_check(section="cache", failed=1), a_check(environment="dev")]
    assert by_key(checks, lambda each: each.policy) == {
        ("prod", "CKV_AWS_27"): Counts(3, 1),
        ("dev", "CKV_AWS_27"): Counts(1),
    }


def test_nothing_checked_is_not_zero() -> None:
    assert added([None, None]) is None
    assert added([None, Counts(1, 2, 3), Counts(1)]) == Counts(2, 2, 3)


def test_a_row_fails_if_one_environment_does() -> None:
    assert CountRow(name="r", cells=(None, Counts(1), Counts(0, 1))).has_failures
    assert not CountRow(name="r", cells=(None, Counts(1, 0, 1))).has_failures
