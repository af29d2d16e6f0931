"""What a report of a scan shows beside its result."""

from __future__ import annotations

import re
import shutil
from importlib import metadata
from pathlib import Path

from catalog_platform.findings import Location
from catalog_platform.pipeline import scan_context
from catalog_platform.policy.controls import FRAMEWORKS
from catalog_platform.workspace import Workspace
from support.manifests import ROOT
from support.scans import TIME, a_context, full_scan


def test_it_has_the_versions_of_the_engines_and_the_files_of_policies(tmp_path: Path) -> None:
    shutil.copytree(ROOT / "policies", tmp_path / "policies")
    found = scan_context.scan_context(Workspace(tmp_path), TIME)
    assert found.time == TIME
    assert found.versions["checkov"] == metadata.version("checkov")
    assert set(found.versions) == {"catalogctl", "checkov", "cloudformation-validate"}
    assert found.listed
    assert {each.framework for each in found.controls} == set(FRAMEWORKS.values())
    assert found.problems == ()
    assert re.fullmatch("[0-9a-f]{64}", found.policies_digest)


def test_without_a_repository_the_commit_is_unknown(tmp_path: Path) -> None:
    found = scan_context.scan_context(Workspace(tmp_path), TIME)
    assert (found.commit, found.clean, found.policies_digest) == ("", True, "")


def test_the_policies_are_those_that_judge(tmp_path: Path) -> None:
    own, judge = Workspace(tmp_path / "own"), Workspace(tmp_path / "judge")
    for each in (own, judge):
        shutil.copytree(ROOT / "policies", each.policies)
    (own.policies / "severities.yaml").write_text("thresholds: {}\npolicies: {}\n")
    (own.policies / "controls.tsv").write_text("nothing\n")
    found = scan_context.scan_context(own, TIME, judge=judge)
    expected = scan_context.scan_context(judge, TIME)
    assert (found.policies_digest, found.listed, found.controls, found.problems) == (
        expected.policies_digest,
        expected.listed,
        expected.controls,
        (),
    )


def test_a_damaged_mapping_of_controls_is_an_error_and_a_missing_one_is_none(
    tmp_path: Path,
) -> None:
    policies = Workspace(tmp_path).policies
    policies.mkdir()
    assert scan_context.scan_context(Workspace(tmp_path), TIME).problems == ()
    (policies / "controls.tsv").write_text("nothing\n")
    found = scan_context.scan_context(Workspace(tmp_path), TIME)
    assert found.controls == ()
    assert {each.rule for each in found.problems} == {"controls-malformed"}


def test_the_digest_of_policies_changes_with_every_name_and_content(tmp_path: Path) -> None:
    file = tmp_path / "checks" / "a.yaml"
    file.parent.mkdir()
    file.write_text("1")
    digests = [scan_context.policies_digest(tmp_path)]
    file.write_text("2")
    digests.append(scan_context.policies_digest(tmp_path))
    file.rename(tmp_path / "checks" / "b.yaml")
    digests.append(scan_context.policies_digest(tmp_path))
    assert len({*digests}) == 3
    (tmp_path / "checks" / "__pycache__").mkdir()
    (tmp_path / "checks" / "__pycache__" / "a.pyc").write_text("3")
    assert scan_context.policies_digest(tmp_path) == digests[-1]


def test_a_recorded_scan_is_the_last_one_of_its_history(tmp_path: Path) -> None:
    file = tmp_path / "build" / "history.jsonl"
    file.parent.mkdir()
    file.write_text("x\n" * 12)
    result, context = scan_context.recorded(full_scan(), a_context(), file, tmp_path)
    (record,) = context.history.records
    assert (record.time, record.commit) == (TIME, "2" * 40)
    damage = result.problems[-1]
    assert damage.location == Location("build/history.jsonl", 1)
    assert (
        damage.message == "12 lines of the history can't be read: 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, …"
    )
