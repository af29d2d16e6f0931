"""Synthesis of an assembly."""

from __future__ import annotations

import gc
import importlib
import io
import json
import os
import subprocess
import sys
import types
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from catalog_platform import packaging, variables
from catalog_platform.errors import FindingsError, PlatformError
from catalog_platform.manifest import Manifests
from catalog_platform.packaging import BuildTarget, UserBundles
from catalog_platform.pipeline import synth
from catalog_platform.terminal.progress import Progress
from catalog_platform.workspace import Workspace
from support.git import Repository
from support.manifests import a_repository
from support.synthesis import stub_bundles

pytestmark = pytest.mark.synth

CLOUD = """\
environment:
  name: cloud
  tier: development
  account: "555555555555"
network:
  cidr: 10.55.0.0/16
"""
LAPTOP = (
    CLOUD.replace("cloud", "laptop").replace("10.55", "10.56") + "release: {target: embedded}\n"
)
HERE = BuildTarget.of_this_machine()


@pytest.fixture
def built(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, BuildTarget]]:
    """The packaged functions and their targets; nothing is installed."""
    calls: list[tuple[str, BuildTarget]] = []
    stub_bundles(tmp_path / "stubs")

    def build(
        function: Path, target: BuildTarget, out: Path, uv: Path, shared: UserBundles | None
    ) -> Path:
        assert uv.is_file()
        assert shared is not None
        assert out.name == "bundles"
        calls.append((function.name, target))
        return tmp_path / "stubs" / f"{function.name}.zip"

    monkeypatch.setattr(packaging, "build", build)
    for name in variables.CI:
        monkeypatch.delenv(name, raising=False)
    return calls


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    return a_repository(tmp_path / "repository", cloud=CLOUD, laptop=LAPTOP)


def assemble(workspace: Workspace, *names: str, target: synth.DeployTarget | None = None) -> Path:
    progress = Progress(quiet=True, console=Console(file=io.StringIO()))
    manifests, out = Manifests(workspace), workspace.root / "out"
    return synth.build_assembly(workspace, manifests, names, out, target, progress)


def runtime(assembly: Path, name: str) -> set[tuple[str, str]]:
    template = json.loads((assembly / f"catalog-{name}.template.json").read_text())
    return {
        (resource["Properties"]["Runtime"], resource["Properties"]["Architectures"][0])
        for resource in template["Resources"].values()
        if resource["Type"] == "AWS::Lambda::Function"
    }


def test_functions_are_packaged_once_per_target(
    workspace: Workspace, built: list[tuple[str, BuildTarget]]
) -> None:
    assemble(workspace, "cloud", "laptop")
    lambda_ = BuildTarget("3.13", "arm64")
    # They are built at the same time, in any order.
    assert Counter(built) == Counter(
        [
            (name, target)
            for target in (lambda_, HERE)
            for name in (
                "inventory_processor",
                "schema_migrator",
                "failure_replayer",
                "catalog_reader",
            )
        ]
    )


def test_the_template_names_the_runtime_of_the_bundles(
    workspace: Workspace, built: list[tuple[str, BuildTarget]]
) -> None:
    assembly = assemble(workspace, "cloud", "laptop")
    assert runtime(assembly, "cloud") == {("python3.13", "arm64")}
    assert runtime(assembly, "laptop") == {(f"python{HERE.python}", HERE.architecture)}


def test_the_target_option_overrides_the_manifest(
    workspace: Workspace, built: list[tuple[str, BuildTarget]]
) -> None:
    assembly = assemble(workspace, "cloud", target="embedded")
    assert {target for _, target in built} == {HERE}
    assert runtime(assembly, "cloud") == {(f"python{HERE.python}", HERE.architecture)}
    built.clear()
    assemble(workspace, "laptop", target="aws")
    assert {target for _, target in built} == {BuildTarget("3.13", "arm64")}


def test_the_findings_of_all_environments_come_at_once_and_nothing_is_built(
    workspace: Workspace, built: list[tuple[str, BuildTarget]]
) -> None:
    for name in ("cloud", "laptop"):
        file = workspace.environments / f"{name}.yaml"
        file.write_text(file.read_text() + "stream: {shards: lots}\n")
    with pytest.raises(FindingsError) as caught:
        assemble(workspace, "cloud", "laptop")
    assert {finding.location.file for finding in caught.value.findings} == {
        "environments/cloud.yaml",
        "environments/laptop.yaml",
    }
    assert built == []
    assert not (workspace.root / "out").exists()


def packaged_with(workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> tuple[Any, ...]:
    """Return the folder and the shared bundles that functions are packaged with."""
    found: list[tuple[Any, ...]] = []

    def build(_function: Path, _target: BuildTarget, out: Path, _uv: Path, shared: object) -> Path:
        found.append((out, shared))
        return out

    monkeypatch.setattr(packaging, "build", build)
    synth.package(workspace, HERE, Progress(quiet=True))
    assert len({*found}) == 1
    return found[0]


@pytest.mark.parametrize("name", variables.CI)
def test_a_job_of_ci_uses_no_bundles_of_other_jobs(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    for each in variables.CI:
        monkeypatch.delenv(each, raising=False)
    folder, shared = packaged_with(workspace, monkeypatch)
    assert (folder, type(shared)) == (workspace.build / "bundles", UserBundles)
    monkeypatch.setenv(name, "true")
    assert packaged_with(workspace, monkeypatch) == (folder, None)


def test_bundles_that_a_commit_has_added_are_not_used(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    repository = Repository.create(tmp_path)
    workspace = Workspace(tmp_path)
    (workspace.build / "bundles").mkdir(parents=True)
    (workspace.build / "bundles" / "forged.zip").write_text("")
    repository.git("add", "--force", "build")
    folder, _ = packaged_with(workspace, monkeypatch)
    assert folder.is_dir()
    assert not folder.is_relative_to(workspace.root)


def test_a_function_that_cannot_be_built_leaves_nothing_behind(workspace: Workspace) -> None:
    with pytest.raises(PlatformError, match="inventory_processor: cannot be bundled"):
        assemble(workspace, "cloud")
    assert not (workspace.root / "out").exists()


def test_a_cdk_that_cannot_unpack_itself_is_an_expected_failure(
    workspace: Workspace, built: list[tuple[str, BuildTarget]], monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(_name: str) -> None:
        raise RuntimeError("ENOSPC: no space left on device")

    monkeypatch.setattr(importlib, "import_module", refuse)
    with pytest.raises(PlatformError, match="the CDK cannot be loaded: ENOSPC") as caught:
        assemble(workspace, "cloud")
    assert "$TMPDIR" in caught.value.hint


def test_garbage_is_not_collected_while_the_cdk_is_imported_for_the_first_time(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    collects: list[bool] = []

    def imported(name: str) -> None:
        collects.append(gc.isenabled())
        if len(collects) == 3:
            raise RuntimeError("ENOSPC")
        monkeypatch.setitem(sys.modules, name, types.ModuleType(name))

    monkeypatch.setattr(synth, "CDK", "made_cdk")
    monkeypatch.setattr(importlib, "import_module", imported)
    synth._load_cdk()
    synth._load_cdk()
    monkeypatch.delitem(sys.modules, "made_cdk")
    with pytest.raises(PlatformError):
        synth._load_cdk()
    assert collects == [False, True, False]
    assert gc.isenabled()
    gc.unfreeze()


def test_a_home_folder_that_cannot_hold_the_cdk_is_an_expected_failure() -> None:
    script = "from catalog_platform.pipeline import synth; synth._load_cdk()"
    ended = subprocess.run(
        [sys.executable, "-c", script],
        env={**os.environ, "HOME": "/dev/null"},
        capture_output=True,
        text=True,
        check=False,
    )
    reason = ended.stderr.strip().splitlines()[-1]
    assert "PlatformError: the CDK cannot be loaded: Cannot use the jsii package cache" in reason
    assert "JSII_" not in reason


@pytest.mark.synth
def test_threads_that_load_the_cdk_at_once_do_not_disturb_each_other() -> None:
    script = (
        "import sys, threading\n"
        "from catalog_platform.pipeline import synth\n"
        "sys.setswitchinterval(1e-6)\n"
        "failures = []\n"
        "threading.excepthook = lambda caught: failures.append(caught.exc_value)\n"
        "thread = threading.Thread(target=synth._load_cdk)\n"
        "thread.start()\n"
        "import catalog_platform.infra.network\n"
        "synth._load_cdk()\n"
        "thread.join()\n"
        "sys.exit(repr(failures) if failures else 0)\n"
    )
    ended = subprocess.run([sys.executable, "-c", script], capture_output=True, check=False)
    assert (ended.returncode, ended.stderr) == (0, b"")
