from __future__ import annotations

import datetime
from pathlib import Path

import pytest

from catalog_platform.arguments.waivers import TIERS
from catalog_platform.commands import waive
from catalog_platform.errors import PlatformError, UsageError
from catalog_platform.pipeline import last_scan
from catalog_platform.policy import waiver_file
from catalog_platform.policy.waiver_format import SELECTORS, Waiver
from catalog_platform.workspace import Workspace
from support.last_scans import with_scan
from support.results import a_result

TODAY = datetime.datetime.now(datetime.UTC).date()
REASON = "The queue holds no data of customers."
DIGESTS = [f"sha256:{digit * 64}" for digit in "0123"]
QUEUE, TRAIL = "DeadLetters/Queue/Resource", "Audit/Trail/Resource"


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    return with_scan(
        tmp_path,
        a_result(policy="OUR_1", digest=DIGESTS[0]),
        a_result(policy="OUR_1", digest=DIGESTS[0], environment="dev"),
        a_result(policy="OUR_2", digest=DIGESTS[1], detail="Statement/0"),
        a_result(policy="OUR_2", digest=DIGESTS[2], detail="Statement/1"),
        a_result(policy="OUR_3", digest=DIGESTS[3], resource=TRAIL),
        OUR_1="low",
        OUR_2="high",
        OUR_3="critical",
    )


def run(workspace: Workspace, *selections: str, write: bool = False, **options: object) -> int:
    given = {"reason": REASON, "owner": "us", "write": write, **options}
    return waive.run(workspace, selections=selections, **given)  # type: ignore[arg-type]


def written(workspace: Workspace) -> list[Waiver]:
    waivers, findings = waiver_file.read(workspace.policies, ["dev", "prod"], TODAY)
    assert findings == []
    return waivers


def refused(workspace: Workspace, *selections: str, **options: object) -> list[str]:
    with pytest.raises(UsageError) as caught:
        run(workspace, *selections, write=True, **options)
    assert not (workspace.policies / "waivers.yaml").exists()
    first, *lines = caught.value.message.splitlines()
    assert first == "nothing can be waived:"
    return [line.strip() for line in lines]


def test_a_dry_run_prints_the_entry_and_what_it_would_cover(
    workspace: Workspace, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(workspace, "OUR_1") == 0
    printed = capsys.readouterr()
    assert printed.out.startswith("  - id: our-1-deadletters-queue-resource\n    kind: policy\n")
    assert f"    digest: {DIGESTS[0]}\n" in printed.out
    assert "covers 2 results in dev, prod; ends after 90 days of at most 400 (low)" in printed.err
    assert "nothing is written; --write appends this to policies/waivers.yaml" in printed.err
    assert not (workspace.policies / "waivers.yaml").exists()


def test_what_is_written_is_what_was_printed(
    workspace: Workspace, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(workspace, "OUR_1", ticket="OPS-1", write=True) == 0
    text = (workspace.policies / "waivers.yaml").read_text()
    assert text == f"waivers:\n\n{capsys.readouterr().out}"
    (waiver,) = written(workspace)
    assert (waiver.rules, waiver.resources, waiver.ticket) == (("OUR_1",), (QUEUE,), "OPS-1")
    assert waiver.scope == {"environments": ["dev", "prod"]}


def test_one_of_several_findings_on_a_resource_can_be_waived(workspace: Workspace) -> None:
    run(workspace, "OUR_2[Statement/1]", write=True)
    (waiver,) = written(workspace)
    assert (waiver.rules, waiver.digest) == (("OUR_2[Statement/1]",), DIGESTS[2])
    run(workspace, "OUR_2", write=True)
    assert [each.digest for each in written(workspace)] == [DIGESTS[2], DIGESTS[1]]


@pytest.mark.parametrize(
    ("options", "scope"),
    [
        ({"environment": "dev"}, {"environments": ["dev"]}),
        ({"tier": "production"}, {"tiers": ["production"]}),
        ({"everywhere": True}, "all"),
    ],
)
def test_the_scope_can_be_chosen(
    options: dict[str, object], scope: object, workspace: Workspace
) -> None:
    run(workspace, f"OUR_1@{QUEUE}", write=True, **options)
    assert [each.scope for each in written(workspace)] == [scope]


@pytest.mark.parametrize(
    ("options", "days"),
    [
        ({}, 90),
        ({"days": "7"}, 7),
        ({"expires": str(TODAY + datetime.timedelta(days=20))}, 20),
        ({"expires": str(TODAY)}, 0),
    ],
)
def test_the_end_can_be_chosen(options: dict[str, object], days: int, workspace: Workspace) -> None:
    run(workspace, "OUR_3", write=True, **options)
    assert [(each.expires - each.created).days for each in written(workspace)] == [days]


def test_an_end_that_the_severity_does_not_allow_names_the_latest_one(workspace: Workspace) -> None:
    late = refused(workspace, "OUR_2[Statement/0]", "OUR_3", days="181")
    assert [each.split(" is too late for ")[1] for each in late] == [
        f"{rule}, whose severity is {severity}: at most {days} days after created, so "
        f"{TODAY + datetime.timedelta(days=days)} at the latest"
        for rule, severity, days in (("OUR_2[Statement/0]", "high", 180), ("OUR_3", "critical", 90))
    ]


def test_a_selection_without_results_lists_what_can_be_waived(workspace: Workspace) -> None:
    assert refused(workspace, "OUR_4", "OUR_1@Elsewhere", environment="prod") == [
        "OUR_4: nothing that the last scan found",
        "OUR_1@Elsewhere: nothing that the last scan found",
        "results without a waiver:",
        f"OUR_1@{QUEUE}",
        f"OUR_2[Statement/0]@{QUEUE}",
        f"OUR_2[Statement/1]@{QUEUE}",
        f"OUR_3@{TRAIL}",
    ]


def test_what_is_waived_already_names_the_waiver(workspace: Workspace) -> None:
    run(workspace, "OUR_1", write=True)
    with pytest.raises(UsageError, match="is waived already, by our-1-deadletters-queue-resource"):
        run(workspace, "OUR_1")
    assert len(written(workspace)) == 1


@pytest.mark.parametrize(
    ("options", "error"),
    [
        ({"days": "0"}, "--days: '0' is not a number of days, at least 1"),
        ({"days": "soon"}, "--days: 'soon' is not a number of days, at least 1"),
        ({"days": "401"}, "--expires: {401} is more than 400 days after created, {0}"),
        ({"expires": "2030-02-30"}, "--expires: '2030-02-30' is not a date such as 2030-12-31"),
        ({"expires": "1999-01-01"}, "--expires: 1999-01-01 is in the past"),
        ({"ticket": "soon"}, "--ticket: 'soon' must be a URL, or an id such as OPS-123"),
        ({"owner": " "}, "--owner: must not be empty"),
        ({"reason": ""}, "--reason: must not be empty"),
        ({"reason": "short"}, "--reason: 5 characters are too short; at least 20 are required"),
        (
            {"environment": "prd"},
            "--environment: 'prd' is not an environment; scanned: dev, prod did you mean 'prod'?",
        ),
        ({"tier": "staging"}, "--tier: no environment of tier staging was scanned"),
    ],
)
def test_a_malformed_option_is_named(
    options: dict[str, object], error: str, workspace: Workspace
) -> None:
    for days in (0, 401):
        error = error.replace(f"{{{days}}}", str(TODAY + datetime.timedelta(days=days)))
    (found, *_) = refused(workspace, "OUR_1", **options)
    assert found.startswith(error)


def test_all_errors_are_listed_at_once(workspace: Workspace) -> None:
    found = refused(
        workspace, "OUR_4", reason="short", owner="", ticket="soon", expires="1999-01-01"
    )
    text = "\n".join(found)
    for start in ("--expires", "OUR_4", "--reason", "--owner", "--ticket"):
        assert f"{start}: " in text


def test_an_unwritable_entry_leaves_the_file_as_it_was(workspace: Workspace) -> None:
    before = "waivers: [1]\n"
    (workspace.policies / "waivers.yaml").write_text(before)
    with pytest.raises(PlatformError, match="nothing was written"):
        run(workspace, "OUR_1", write=True)
    assert (workspace.policies / "waivers.yaml").read_text() == before


def test_without_a_scan_nothing_is_waived(workspace: Workspace) -> None:
    last_scan.path_of(workspace).unlink()
    with pytest.raises(PlatformError, match="nothing has been scanned yet"):
        run(workspace, "OUR_1")


def test_every_tier_can_be_chosen() -> None:
    assert {*TIERS} == {*SELECTORS["tiers"]}
