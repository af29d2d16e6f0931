"""Reports of shards are joined only if they are all of one run."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from catalog_platform.errors import UsageError
from catalog_platform.pipeline import join
from catalog_platform.pipeline.shard import Shard
from catalog_platform.pipeline.shard_report import ShardReport
from catalog_platform.plan.model import Plan
from catalog_platform.policy.results import ScannedEnvironment, ScanResult
from support.manifests import a_finding
from support.plan_models import environment, plan

NAMES = ["a", "b", "c", "d", "e"]
COMMIT = "1" * 40


def a_plan(names: tuple[str, ...]) -> Plan:
    return plan(*(environment(name, status="unchanged") for name in names))


def a_scan(names: tuple[str, ...]) -> ScanResult:
    return ScanResult(environments=tuple(ScannedEnvironment(name=name) for name in names))


def report(number: int, count: int = 2, **values: Any) -> ShardReport:
    """Return the report of a shard with a plan, with other values for some fields."""
    made: dict[str, Any] = {
        "number": number,
        "count": count,
        "environments": NAMES,
        "commit": COMMIT,
        "dirty": False,
        "plan": a_plan(Shard(number, count).part(NAMES)),
    }
    return ShardReport(**{**made, **values})


def reasons(*reports: ShardReport, commit: str = COMMIT) -> list[str]:
    """Return why the reports are not joined."""
    folders = {Path(f"folder{at}"): each for at, each in enumerate(reports, start=1)}
    with pytest.raises(UsageError) as error:
        join.check(folders, commit)
    return [line.strip() for line in error.value.message.splitlines()[1:]]


def test_all_shards_of_a_run_are_joined_in_any_order() -> None:
    reports = [report(2, 3), report(3, 3), report(1, 3)]
    join.check({Path(str(at)): each for at, each in enumerate(reports)}, COMMIT)
    joined = join.joined_plan(reports)
    assert joined is not None
    assert [each.environment for each in joined.environments] == NAMES


def test_a_missing_shard_is_named_and_never_unchanged() -> None:
    assert reasons(report(1, 4), report(3, 4)) == ["shard 2/4 is missing", "shard 4/4 is missing"]


def test_a_shard_that_is_given_twice_is_named() -> None:
    assert reasons(report(1), report(2), report(2)) == [
        "shard 2/2 is given twice: folder2, folder3"
    ]


@pytest.mark.parametrize(
    "values",
    [
        {"environments": [*NAMES, "f"]},
        {"dirty": True},
        {"base": "2" * 40},
        {"policies_from_base": True},
        {"scan": ScanResult()},
        {"plan": None, "scan": a_scan(("b", "d"))},
    ],
)
def test_a_shard_of_another_run_is_refused(values: dict[str, Any]) -> None:
    assert "folder2: is of another run than folder1" in reasons(report(1), report(2, **values))


def test_shards_of_another_commit_are_refused() -> None:
    assert reasons(report(1), report(2), commit="3" * 40) == [
        "the shards are of commit 111111111111, not of 333333333333"
    ]


@pytest.mark.parametrize("names", [("b",), ("b", "d", "e"), ("a", "b", "d"), ()])
def test_a_shard_without_its_environments_is_refused(names: tuple[str, ...]) -> None:
    wrong = "folder2: has other environments than those of shard 2/2"
    assert reasons(report(1), report(2, plan=a_plan(names))) == [wrong]
    scans = [report(1, plan=None, scan=a_scan(("a", "c", "e")))]
    assert reasons(*scans, report(2, plan=None, scan=a_scan(names))) == [wrong]


def test_findings_that_prevent_the_scan_of_a_shard_are_those_of_the_whole() -> None:
    prevented = ScanResult(problems=(a_finding(),))
    reports = [
        report(1, plan=None, scan=a_scan(("a", "c", "e"))),
        report(2, plan=None, scan=prevented),
    ]
    join.check({Path(str(at)): each for at, each in enumerate(reports)}, COMMIT)


def test_what_shards_do_not_have_the_whole_does_not_have() -> None:
    assert join.joined_plan([report(1, plan=None)]) is None
