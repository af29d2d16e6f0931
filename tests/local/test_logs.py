"""The lines that `local logs` prints of the files of servers."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from catalog_platform.arguments.options import age
from catalog_platform.errors import UsageError
from catalog_platform.local import logs
from catalog_platform.local.files import Files
from catalog_platform.workspace import Workspace

AWS = """\
2030-06-01 10:00:00 INFO [ministack]
   __  __ _       _ ____
  |  |\\/  (_)_ __ (_) ___|
   Services: S3, SQS

2030-06-01 10:00:01 INFO [ministack] Ready
2030-06-01 10:00:01 INFO [ministack] Loaded persisted state of s3
2030-06-01 10:05:00 ERROR [lambda] failed
Traceback (most recent call last):
  File "handler.py", line 1, in handle
    raise ValueError

2030-06-01 10:06:00 INFO [s3] done
"""
CACHE = """\
7:M 01 Jun 2030 10:00:00.000 * oO0OoO0OoO0Oo Valkey is starting oO0OoO0OoO0Oo
7:M 01 Jun 2030 10:00:00.001 * Ready to accept connections tcp
7:M 01 Jun 2030 10:05:30.001 * Background saving terminated with success
"""


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    found = Workspace(tmp_path)
    folder = Files.of(found).logs
    folder.mkdir(parents=True)
    (folder / "aws.log").write_text(AWS)
    (folder / "cache.log").write_text(CACHE)
    return found


def printed(workspace: Workspace, part: str | None = None, **options: float) -> list[str]:
    last = int(options.get("last", 200))
    found = logs.lines(workspace, part, last=last, since=options.get("since"))
    return [line.partition("| ")[2] for line in found]


def test_banners_and_loaded_files_are_left_out_and_tracebacks_are_not(
    workspace: Workspace,
) -> None:
    found = printed(workspace, "aws")
    assert found == [
        "2030-06-01 10:00:01 INFO [ministack] Ready",
        *AWS.splitlines()[7:],
    ]
    assert len(printed(workspace, "cache")) == 2


def test_the_number_of_lines_counts_per_log(workspace: Workspace) -> None:
    assert printed(workspace, last=1) == [AWS.splitlines()[-1], CACHE.splitlines()[-1]]
    assert printed(workspace, last=0) == []


def test_older_lines_are_left_out_and_lines_without_a_time_follow_the_one_before(
    workspace: Workspace,
) -> None:
    since = datetime(2030, 6, 1, 10, 4, tzinfo=UTC).timestamp()
    assert printed(workspace, since=since) == [*AWS.splitlines()[7:], CACHE.splitlines()[-1]]
    assert printed(workspace, since=since + 3600) == []


def test_an_unknown_part_is_an_error_that_lists_the_known_ones(workspace: Workspace) -> None:
    with pytest.raises(UsageError, match="no log of 'nothing'") as caught:
        printed(workspace, "nothing")
    assert "aws, cache, functions" in caught.value.hint


def test_without_following_the_output_ends(workspace: Workspace) -> None:
    assert list(logs.lines(workspace, follow=False))


@pytest.mark.parametrize(
    ("text", "seconds"), [("30s", 30), ("10m", 600), ("2h", 7200), ("1d", 86400)]
)
def test_an_age_has_a_unit(text: str, seconds: float) -> None:
    assert age(text) == seconds
