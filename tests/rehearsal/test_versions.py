from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from catalog_platform import process
from catalog_platform.errors import PlatformError, ToolError
from catalog_platform.rehearsal import versions
from catalog_platform.rehearsal.versions import (
    check_out,
    rehearsal_workspace,
    rehearsal_workspaces,
)
from catalog_platform.versions import comparison_base
from catalog_platform.workspace import Workspace
from support.checkouts import IDENTITY
from support.manifests import VALID, a_repository
from support.models import a_manifest


@pytest.fixture
def workspace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Workspace:
    """A Git repository whose first commit has the environment `sample`."""
    for name, value in IDENTITY.items():
        monkeypatch.setenv(name, value)
    made = a_repository(tmp_path / "r", sample=VALID)
    for command in (["init", "-q", "-b", "main"], ["add", "."], ["commit", "-q", "-m", "Start"]):
        subprocess.run(["git", *command], cwd=made.root, check=True, timeout=60)
    return made


@pytest.fixture
def scratch(workspace: Workspace) -> Workspace:
    made = rehearsal_workspace(workspace, "sample")
    made.root.mkdir(parents=True)
    return made


def test_the_base_is_as_it_was_committed(workspace: Workspace, scratch: Workspace) -> None:
    changed = workspace.environments / "sample.yaml"
    changed.write_text(VALID.replace("10.55", "10.56"))
    found = check_out(workspace, comparison_base.find(workspace, "main"), scratch)
    assert (found.workspace.environments / "sample.yaml").read_text() == VALID
    assert (found.reference, len(found.commit)) == ("main", 40)
    assert [path.name for path in scratch.root.iterdir()] == ["checkout"]


def test_the_base_shares_the_built_bundles(workspace: Workspace, scratch: Workspace) -> None:
    found = check_out(workspace, comparison_base.find(workspace, "HEAD"), scratch)
    (found.workspace.build / "bundles" / "new").mkdir()
    assert (workspace.build / "bundles" / "new").is_dir()


def test_the_base_runs_with_the_packages_that_it_pins(
    workspace: Workspace, scratch: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[tuple[Path, Path]] = []

    def interpreter(before: Workspace, now: Workspace) -> Path:
        asked.append((before.root, now.root))
        return Path("/the/python/of/the/base")

    monkeypatch.setattr(versions, "interpreter", interpreter)
    found = check_out(workspace, comparison_base.find(workspace, "main"), scratch)
    monkeypatch.setattr(process, "run", lambda command, **_: command[0])
    assert found.run("synth") == "/the/python/of/the/base"
    assert asked == [(scratch.root / "checkout", workspace.root)]


def test_packages_that_cannot_be_installed_end_the_rehearsal(
    workspace: Workspace, scratch: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interpreter(*_: Workspace) -> Path:
        raise ToolError("uv failed", returncode=1, tail="no network")

    monkeypatch.setattr(versions, "interpreter", interpreter)
    with pytest.raises(PlatformError, match=r"main \(.*pins other packages(?s:.*)no network"):
        check_out(workspace, comparison_base.find(workspace, "main"), scratch)


def test_every_folder_of_a_rehearsal_is_found(tmp_path: Path) -> None:
    workspace = Workspace(tmp_path)
    assert rehearsal_workspaces(workspace) == ()
    for name in ("dev", "prod"):
        rehearsal_workspace(workspace, name).root.mkdir(parents=True)
    found = {each.root.name for each in rehearsal_workspaces(workspace)}
    assert found == {"dev", "prod"}


def base(root: Path) -> versions.Checkout:
    return versions.Checkout("main", "0" * 40, Workspace(root), Path(sys.executable))


def assembly(folder: Path, destination: str) -> Path:
    folder.mkdir()
    artifacts = {"catalog-prod": {"environment": destination}}
    (folder / "manifest.json").write_text(json.dumps({"artifacts": artifacts}))
    return folder


@pytest.mark.parametrize(
    ("head", "moves"), [("aws://1/eu-west-1", False), ("aws://2/eu-west-1", True)]
)
def test_a_change_of_account_or_region_is_no_update(head: str, moves: bool, tmp_path: Path) -> None:
    folders = (
        assembly(tmp_path / "base", "aws://1/eu-west-1"),
        assembly(tmp_path / "head", head),
    )
    found = versions._moved(*folders, "prod")
    assert bool(found) == moves
    assert not moves or "moves prod from aws://1/eu-west-1 to aws://2/eu-west-1" in found


def test_the_python_of_this_machine_is_reported_as_a_difference_from_aws() -> None:
    function = {"Properties": {"Runtime": "python3.11", "Architectures": ["x86_64"]}}
    manifest = a_manifest(processor={"runtime": "python3.13", "architecture": "arm64"})
    found = versions._runtime(manifest, {"Resources": {"F": function}})
    assert [(each.property, each.wanted, each.rehearsed) for each in found] == [
        ("Runtime", "python3.13", "python3.11"),
        ("Architectures", "arm64", "x86_64"),
    ]
    assert versions._runtime(manifest, {"Resources": {"Q": {"Properties": {}}}}) == ()


def test_a_version_that_cannot_be_synthesised_is_named_with_its_output(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def run(command: list[str], **options: Any) -> str:
        assert options["environment"]["PYTHONPATH"].endswith("platform")
        raise ToolError("python failed", returncode=1, tail="out of range")

    monkeypatch.setattr(process, "run", run)
    with pytest.raises(PlatformError, match=r"main \(0{10}\): prod cannot be .*\nout of range"):
        versions._synthesise(base(tmp_path), "prod", tmp_path / "out", lambda _line: None)


@pytest.mark.parametrize(
    ("printed", "reason"),
    [
        (ToolError("failed", returncode=1, tail="prod.yaml:1:1: no"), "prod.yaml:1:1: no"),
        ("prod.yaml:1:1: findings", "Expecting value"),
        ("{}", "database"),
    ],
)
def test_findings_of_the_base_are_not_taken_for_its_manifest(
    printed: str | ToolError, reason: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def run(_command: list[str], **_options: Any) -> str:
        if isinstance(printed, ToolError):
            raise printed
        return printed

    monkeypatch.setattr(process, "run", run)
    with pytest.raises(PlatformError, match=r"at the base, main, cannot be rendered .*" + reason):
        versions._rendered(base(tmp_path), "sample")


def test_a_change_of_the_runtime_is_not_rehearsed() -> None:
    deployed = {"processor": {"runtime": "python3.12", "architecture": "arm64"}}
    manifest = a_manifest(processor={"runtime": "python3.13", "architecture": "arm64"})
    (found,) = versions._function_changes(deployed, manifest)
    assert found.properties == ("Runtime",)
    assert found.reason.startswith("python3.12 → python3.13")
