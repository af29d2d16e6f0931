from __future__ import annotations

from pathlib import Path

import pytest

from catalog_platform.errors import PlatformError
from catalog_platform.pipeline import last_scan
from support.last_scans import with_scan
from support.results import a_result


def test_a_result_is_a_violation_of_its_environment(tmp_path: Path) -> None:
    result = a_result(detail="Tags/0", digest="sha256:1")
    (violation,) = last_scan.violations(last_scan.load(with_scan(tmp_path, result)))
    assert (violation.rule, violation.resource) == (result.policy, result.resource)
    assert (violation.detail, violation.digest) == ("Tags/0", "sha256:1")
    facts = violation.environment
    assert (facts.name, facts.tier, facts.target) == ("prod", "production", "aws")


def test_without_a_scan_the_command_to_run_is_named(tmp_path: Path) -> None:
    workspace = with_scan(tmp_path)
    last_scan.path_of(workspace).unlink()
    with pytest.raises(PlatformError, match="nothing has been scanned yet") as caught:
        last_scan.load(workspace)
    assert caught.value.hint == "catalogctl scan"


@pytest.mark.parametrize("text", ["", "[", "{}", '{"schema_version": 1}', "\udcff"])
def test_another_file_is_not_the_result_of_a_scan(text: str, tmp_path: Path) -> None:
    workspace = with_scan(tmp_path)
    last_scan.path_of(workspace).write_bytes(text.encode(errors="surrogateescape"))
    with pytest.raises(PlatformError, match=r"scan\.json: is not the result of a scan"):
        last_scan.load(workspace)


@pytest.mark.parametrize(
    "name", ["environments/prod.yaml", "environments/defaults.yaml", "policies/severities.yaml"]
)
def test_a_scan_ends_with_a_change_of_policies_or_manifests(name: str, tmp_path: Path) -> None:
    workspace = with_scan(tmp_path)
    last_scan.load(workspace)
    path = tmp_path / name
    path.write_text(path.read_text() + "# edited\n")
    with pytest.raises(PlatformError, match=f"^{name} is not what was scanned last$"):
        last_scan.load(workspace)


def test_a_policy_that_was_edited_during_the_scan_or_is_gone_ends_it(tmp_path: Path) -> None:
    workspace = with_scan(tmp_path)
    policy = workspace.policies / "checks" / "rule.py"
    policy.write_text("")
    before = last_scan.inputs(workspace)
    policy.write_text("# edited")
    text = last_scan.path_of(workspace).read_text()
    last_scan.keep(workspace, before, text[text.index('"scan":') + 7 : -1])
    with pytest.raises(PlatformError, match=r"rule\.py is not what was scanned last"):
        last_scan.load(workspace)
    policy.unlink()
    with pytest.raises(PlatformError, match=r"rule\.py is not what was scanned last"):
        last_scan.load(workspace)


def test_new_waivers_do_not_end_a_scan(tmp_path: Path) -> None:
    workspace = with_scan(tmp_path, waivers="waivers: []\n")
    (workspace.policies / "waivers.yaml").write_text("waivers: []  # edited\n")
    last_scan.load(workspace)


def test_a_scan_of_an_environment_that_is_gone_has_ended(tmp_path: Path) -> None:
    workspace = with_scan(tmp_path)
    (workspace.environments / "dev.yaml").unlink()
    with pytest.raises(PlatformError, match="environments that are gone: dev"):
        last_scan.load(workspace)
