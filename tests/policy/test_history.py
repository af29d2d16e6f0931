"""The file with one record per scan."""

from __future__ import annotations

import errno
import multiprocessing
from pathlib import Path

import pytest

from catalog_platform.errors import PlatformError
from catalog_platform.policy import history
from catalog_platform.policy.severity import PolicySeverity
from support.scans import TIME, a_check, a_problem, a_record, counted, full_scan

START = (
    b'{"schema_version": 1, "time": "2030-01-01T00:00:00Z", "commit": "", "environments": {"a": '
)


def test_a_record_has_the_counts_of_each_environment() -> None:
    found = history.record_of(full_scan(), TIME, "c" * 40)
    assert (found.time, found.commit) == (TIME, "c" * 40)
    assert found.environments["prod"] == counted(3, 1, critical=1, medium=1)
    assert found.environments["dev"].failed == {"medium": 1}


def test_problems_of_an_environment_are_counted_so_an_incomplete_scan_is_not_clean() -> None:
    scan = full_scan()
    (problem,) = (a_problem(environment="dev"),)
    found = history.record_of(
        type(scan)(environments=scan.environments, problems=(problem,)), TIME, ""
    )
    assert (found.environments["dev"].problems, found.environments["dev"].failures) == (1, 1)
    assert found.environments["prod"].failures == 0


def test_records_are_appended_and_read_by_time(tmp_path: Path) -> None:
    file = tmp_path / "history.jsonl"
    late, early = a_record(9, prod=counted(high=1)), a_record(2, prod=counted())
    assert history.append(file, late).records == (late,)
    assert history.append(file, early) == history.History((early, late))
    assert file.read_bytes().count(b"\n") == 2


@pytest.mark.parametrize(
    "damage",
    [
        b'{"schema_version": 1, "ti',
        b"\xff\xfe",
        b"[]",
        b'{"schema_version": 2, "time": "2030-01-01T00:00:00Z", "commit": "", "environments": {}}',
        b'{"schema_version": 1, "time": "2030-01-01T00:00:00", "commit": "", "environments": {}}',
        START + b'{"passed": -1, "waived": 0, "problems": 0, "failed": {}}}}',
        START + b'{"passed": 1, "waived": 0, "problems": 0, "failed": {"awful": 1}}}}',
    ],
)
def test_a_damaged_line_costs_its_own_record_only(tmp_path: Path, damage: bytes) -> None:
    file = tmp_path / "history.jsonl"
    first, last = a_record(1), a_record(2)
    history.append(file, first)
    file.write_bytes(file.read_bytes() + b"\n" + damage)
    assert history.append(file, last) == history.History((first, last), (3,))
    assert file.read_bytes().splitlines()[2] == damage


def test_a_record_that_cannot_be_written_in_full_leaves_the_file_as_it_was(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "history.jsonl"
    history.append(file, a_record(1))
    before = file.read_bytes()

    def fail(_descriptor: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("os.fsync", fail)
    with pytest.raises(PlatformError, match="cannot be extended: No space left"):
        history.append(file, a_record(2))
    assert file.read_bytes() == before


def test_a_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(PlatformError, match="cannot be extended"):
        history.append(tmp_path, a_record())


def _append_many(file: Path, day: int) -> None:
    for _ in range(20):
        history.append(file, a_record(day, prod=counted()))


def test_two_processes_lose_no_record(tmp_path: Path) -> None:
    file = tmp_path / "history.jsonl"
    context = multiprocessing.get_context("fork")
    processes = [context.Process(target=_append_many, args=(file, day)) for day in (1, 2)]
    for each in processes:
        each.start()
    for each in processes:
        each.join()
    found = history.append(file, a_record(3))
    assert (len(found.records), found.damaged) == (41, ())


def test_every_severity_can_be_recorded() -> None:
    scan = full_scan()
    checks = tuple(a_check(severity=each, failed=1) for each in PolicySeverity)
    found = history.record_of(type(scan)(environments=scan.environments, checks=checks), TIME, "")
    assert found.environments["prod"].failed == {each.value: 1 for each in PolicySeverity}
