from __future__ import annotations

import datetime
import errno
import json
import sys
import types
from pathlib import Path

import pytest

from catalog_platform.errors import PlatformError, UsageError
from catalog_platform.manifest import Manifests
from catalog_platform.pipeline.scan import scan_assembly
from catalog_platform.pipeline.shard import Shard
from catalog_platform.release import attestation
from catalog_platform.workspace import Workspace
from support import scanned, templates
from support.scanned import run


@pytest.fixture
def workspace(examples: Workspace, tmp_path: Path) -> Workspace:
    return scanned.a_workspace(examples, tmp_path / "repository")


@pytest.fixture
def assembly(tmp_path: Path) -> Path:
    return scanned.an_assembly(tmp_path / "out")


def test_a_clean_environment_ends_with_0_and_its_line_in_the_table(
    workspace: Workspace, assembly: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(workspace, assembly, "development") == 0
    assert capsys.readouterr().out == (
        "no findings\n\n"
        "environment  passed  critical  high  medium  low  info  problems  waived\n"
        "development       1         0     0       0    0     0         0       0\n"
    )


def test_a_failing_policy_ends_with_1_and_names_the_line_of_the_section(
    workspace: Workspace, assembly: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    lines = (workspace.environments / "production.yaml").read_text().splitlines()
    assert run(workspace, assembly, "development", "production") == 1
    printed = capsys.readouterr().out
    place = f"environments/production.yaml:{lines.index('stream:') + 1}:1"
    assert f"{place}: Stream/Queue: No queue [OUR_1]" in printed
    assert printed.endswith(
        "production        1         0     1       0    0     0         0       0\n"
    )


def test_warnings_alone_do_not_fail(workspace: Workspace, assembly: Path) -> None:
    (workspace.policies / "severities.yaml").write_text(templates.severities(OUR_1="info"))
    assert run(workspace, assembly, "production") == 0


def test_json_holds_findings_and_counts(
    workspace: Workspace, assembly: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(workspace, assembly, "development", "production", format="json") == 1
    data = json.loads(capsys.readouterr().out)
    assert [(f["rule"], f["environment"]) for f in data["findings"]] == [("OUR_1", "production")]
    counts = {each["environment"]: each["failed"] for each in data["environments"]}
    assert counts == {"development": 0, "production": 1}
    assert [each["policy"] for each in data["results"]] == ["OUR_1"]


def test_sarif_is_written_to_the_output_file(
    workspace: Workspace, assembly: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    output = tmp_path / "reports" / "scan.sarif"
    output.parent.mkdir()
    assert run(workspace, assembly, "production", format="sarif", output=output) == 1
    (result,) = json.loads(output.read_text())["runs"][0]["results"]
    assert result["ruleId"] == "OUR_1"
    assert [file.name for file in output.parent.iterdir()] == ["scan.sarif"]
    printed = capsys.readouterr()
    assert printed.out == ""
    assert "production        1         0     1       0    0     0         0       0" in printed.err


def test_a_report_that_cannot_be_written_leaves_the_old_one_alone(
    workspace: Workspace,
    assembly: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    old = tmp_path / "reports" / "scan.txt"
    old.parent.mkdir()
    old.write_text("old")

    def refuse(*_arguments: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(Path, "replace", refuse)
    with pytest.raises(PlatformError, match="cannot be written: No space left"):
        run(workspace, assembly, "development", output=old)
    with pytest.raises(PlatformError, match="cannot be written: No space left"):
        run(workspace, assembly, "development", sarif=old)
    assert capsys.readouterr().out.startswith("no findings\n")
    assert [path.name for path in old.parent.iterdir()] == ["scan.txt"]
    assert old.read_text() == "old"


@pytest.mark.parametrize("option", ["output", "sarif", "history"])
def test_an_invalid_output_path_is_refused_before_the_scan(
    workspace: Workspace, assembly: Path, tmp_path: Path, option: str
) -> None:
    with pytest.raises(UsageError, match="does not exist"):
        run(workspace, assembly, "development", **{option: tmp_path / "missing" / "scan.sarif"})
    with pytest.raises(UsageError, match="is a folder"):
        run(workspace, assembly, "development", **{option: tmp_path})
    assert not (assembly / attestation.RECORD).exists()


def test_one_scan_writes_text_and_sarif(
    workspace: Workspace, assembly: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "scan.sarif"
    assert run(workspace, assembly, "development", "production", sarif=file) == 1
    assert "No queue [OUR_1]" in capsys.readouterr().out
    alone = (
        run(workspace, assembly, "development", "production", format="sarif"),
        capsys.readouterr().out,
    )
    assert alone == (1, file.read_text())
    assert run(workspace, assembly, "development", sarif=file) == 0
    assert json.loads(file.read_text())["runs"][0]["results"] == []


def test_a_manifest_that_cannot_be_read_is_in_every_report(
    workspace: Workspace, assembly: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (workspace.environments / "production.yaml").write_text("x: [\n")
    output, sarif = tmp_path / "scan.txt", tmp_path / "scan.sarif"
    assert run(workspace, assembly, "production", output=output, sarif=sarif) == 1
    assert capsys.readouterr().out == ""
    assert "[syntax]" in output.read_text()
    (result,) = json.loads(sarif.read_text())["runs"][0]["results"]
    assert result["ruleId"] == "syntax"


def test_a_finding_shows_the_line_it_is_about(
    workspace: Workspace, assembly: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    lines = (workspace.environments / "production.yaml").read_text().splitlines()
    number = str(lines.index("stream:") + 1)
    run(workspace, assembly, "production")
    assert f"    {number} | stream:\n    {' ' * len(number)} | ^\n" in capsys.readouterr().out


def test_a_finding_about_a_waiver_shows_its_line(
    workspace: Workspace, assembly: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (workspace.policies / "waivers.yaml").write_text("waivers:\n  - rules: [OUR_1]\n")
    run(workspace, assembly, "production")
    assert "    2 |   - rules: [OUR_1]\n      | ^\n" in capsys.readouterr().out


def test_an_unknown_environment_is_a_usage_error(workspace: Workspace, assembly: Path) -> None:
    with pytest.raises(UsageError, match="prd"):
        run(workspace, assembly, "prd")


def test_a_folder_that_does_not_exist_is_a_usage_error(
    workspace: Workspace, tmp_path: Path
) -> None:
    with pytest.raises(UsageError, match="no such folder"):
        run(workspace, tmp_path / "nowhere", "development")


def test_all_environments_are_scanned_when_none_is_named(
    workspace: Workspace, assembly: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(workspace, assembly, format="json") == 1
    data = json.loads(capsys.readouterr().out)
    scanned = {each["environment"] for each in data["environments"]}
    assert scanned == set(workspace.environment_names())
    missing = {f["environment"] for f in data["findings"] if f["rule"] == "scan-assembly"}
    assert missing == set(workspace.environment_names()) - {"development", "production"}


def test_a_clean_assembly_is_attested_for_the_scanned_environments(
    workspace: Workspace, assembly: Path
) -> None:
    run(workspace, assembly, "development")
    assert attestation.require(assembly, "development") == attestation.assembly_digest(assembly)
    with pytest.raises(PlatformError, match="not for production"):
        attestation.require(assembly, "production")


def test_an_assembly_with_errors_loses_its_attestation(
    workspace: Workspace, assembly: Path
) -> None:
    attestation.write(assembly, ["development", "production"])
    run(workspace, assembly, "production")
    with pytest.raises(PlatformError, match="was not scanned"):
        attestation.require(assembly, "production")


def test_only_a_scan_that_attests_nothing_keeps_and_reuses_verdicts(
    workspace: Workspace, assembly: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = types.SimpleNamespace(build_deployable=lambda *_: assembly)
    monkeypatch.setitem(sys.modules, "catalog_platform.pipeline.deployable_assembly", made)
    verdicts = workspace.build / "verdicts"
    for given, keep_going in ((assembly, False), (None, True)):
        run(workspace, given, "development", keep_going=keep_going)
        assert attestation.require(assembly, "development")
        assert not verdicts.exists()
    for _ in range(2):
        run(workspace, None, "development")
        assert not (assembly / attestation.RECORD).exists()
        assert len([*verdicts.iterdir()]) == 2


def test_a_waiver_may_name_environments_that_are_not_scanned_now(
    workspace: Workspace, assembly: Path
) -> None:
    (workspace.policies / "waivers.yaml").write_text("""
waivers:
  - id: queue
    kind: policy
    scope: {environments: [development, production, staging]}
    rules: [OUR_1]
    resources: [Stream/Queue]
    reason: the queue is emptied by hand
    owner: catalog-platform
    created: 1999-12-01
    expires: 2000-01-01
""")
    assert run(workspace, assembly, "production") == 1
    (finding,) = [
        each
        for each in scan_assembly(
            workspace, Manifests(workspace), ["production"], assembly
        ).findings
        if each.rule.startswith("waiver")
    ]
    assert finding.rule == "waiver-expired"


@pytest.mark.parametrize(
    ("scope", "code"),
    [("{tiers: [production]}", 0), ("{targets: [aws]}", 0), ("{tiers: [staging]}", 1)],
)
def test_a_waiver_selects_environments_by_their_manifests(
    workspace: Workspace, assembly: Path, scope: str, code: int
) -> None:
    (workspace.policies / "waivers.yaml").write_text(f"""
waivers:
  - id: queue
    kind: policy
    scope: {scope}
    rules: [OUR_1]
    resources: [Stream/Queue]
    reason: the queue is emptied by hand
    owner: catalog-platform
    created: {datetime.date.today()}
    expires: {datetime.date.today()}
""")
    assert run(workspace, assembly, "production") == code


def test_with_keep_going_an_environment_with_errors_does_not_stop_the_others(
    workspace: Workspace, assembly: Path
) -> None:
    assert run(workspace, assembly, "development", "production", keep_going=True) == 0
    assert attestation.require(assembly, "development")
    with pytest.raises(PlatformError, match="not for production"):
        attestation.require(assembly, "production")
    assert run(workspace, assembly, "production", keep_going=True) == 1


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"policies_from_base": True}, "--policies-from-base needs --base"),
        ({"cache": Path("cache")}, "--cache needs --base"),
        ({"keep_going": True, "base": "main"}, "--keep-going and --base exclude each other"),
        ({"base": "main"}, "is in no Git repository"),
        ({"shard": Shard(1, 2), "history": Path("h")}, "--shard and --history exclude each other"),
        ({"shard": Shard(1, 2), "keep_going": True}, "--shard and --keep-going exclude each other"),
    ],
)
def test_options_that_do_not_fit_are_refused_before_the_scan(
    options: dict[str, object], message: str, workspace: Workspace, assembly: Path
) -> None:
    with pytest.raises(UsageError, match=message):
        run(workspace, assembly, **options)
    assert not (assembly / attestation.RECORD).exists()
