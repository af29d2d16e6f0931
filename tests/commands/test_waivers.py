from __future__ import annotations

import datetime
import json
from pathlib import Path

import pytest

from catalog_platform.commands import waivers
from catalog_platform.errors import FindingsError, UsageError
from catalog_platform.pipeline import last_scan
from catalog_platform.workspace import Workspace
from support.last_scans import with_scan
from support.results import a_result

TODAY = datetime.date(2030, 6, 1)
ENTRY = """
  - id: {id}
    kind: policy
    scope: all
    rules: [CKV_AWS_27]
    resources: [DeadLetters/Queue/Resource]
    reason: The queue holds no data of customers.
    owner: {owner}
    created: 2030-01-01
    expires: {expires}
"""


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    entries = [("ended", "us", "05-30"), ("near", "them", "06-15"), ("far", "us", "12-31")]
    text = "waivers:" + "".join(
        ENTRY.format(id=name, owner=owner, expires=f"2030-{day}") for name, owner, day in entries
    )
    found = [a_result(), a_result(environment="dev"), a_result(resource="Other")]
    return with_scan(tmp_path, *found, waivers=text)


def ids(
    workspace: Workspace, capsys: pytest.CaptureFixture[str], **options: object
) -> list[tuple[str, int]]:
    chosen = {"due": None, "owner": None, "by": None, "format": "json", **options}
    assert waivers.run(workspace, TODAY, **chosen) == 0  # type: ignore[arg-type]
    listed = json.loads(capsys.readouterr().out)["waivers"]
    return [(each["id"], each["days"]) for each in listed]


def test_all_waivers_are_listed_by_expiry(
    workspace: Workspace, capsys: pytest.CaptureFixture[str]
) -> None:
    assert ids(workspace, capsys) == [("ended", -2), ("near", 14), ("far", 213)]


def test_due_are_those_that_end_within_the_days_and_those_that_have_ended(
    workspace: Workspace, capsys: pytest.CaptureFixture[str]
) -> None:
    assert ids(workspace, capsys, due=14) == [("ended", -2), ("near", 14)]
    assert ids(workspace, capsys, due=13) == [("ended", -2)]
    assert ids(workspace, capsys, due=0, owner="them") == []


def test_the_waivers_of_an_owner(workspace: Workspace, capsys: pytest.CaptureFixture[str]) -> None:
    assert [name for name, _ in ids(workspace, capsys, owner="us")] == ["ended", "far"]
    with pytest.raises(UsageError, match="--owner use: has no waivers; owners: them, us"):
        ids(workspace, capsys, owner="use")


def test_the_last_scan_says_how_many_results_a_waiver_covers(
    workspace: Workspace, capsys: pytest.CaptureFixture[str]
) -> None:
    def covers() -> list[object]:
        waivers.run(workspace, TODAY, due=None, owner=None, by=None, format="json")
        return [each.get("covers") for each in json.loads(capsys.readouterr().out)["waivers"]]

    assert covers() == [2, 2, 2]
    last_scan.path_of(workspace).unlink()
    assert covers() == [None, None, None]


def test_the_text_can_be_grouped_by_owner(
    workspace: Workspace, capsys: pytest.CaptureFixture[str]
) -> None:
    waivers.run(workspace, TODAY, due=None, owner=None, by="owner", format="text")
    assert capsys.readouterr().out.startswith("us: 2 waivers; 1 expired; next on 2030-12-31")


def test_a_malformed_file_is_reported(workspace: Workspace) -> None:
    (workspace.policies / "waivers.yaml").write_text("waivers: [1]\n")
    with pytest.raises(FindingsError) as caught:
        waivers.run(workspace, TODAY, due=1, owner=None, by=None, format="json")
    assert [each.rule for each in caught.value.findings] == ["waiver-malformed"]
