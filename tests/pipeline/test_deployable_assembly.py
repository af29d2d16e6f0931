from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from catalog_platform.manifest import Manifests
from catalog_platform.pipeline import deployable_assembly
from catalog_platform.pipeline.deployable_assembly import build_deployable
from catalog_platform.release import provenance
from catalog_platform.release.commit import Commit
from catalog_platform.release.provenance import Provenance
from catalog_platform.terminal.progress import Progress
from catalog_platform.workspace import Workspace
from support.git import Repository
from support.manifests import VALID, a_repository, with_lines

EMBEDDED = with_lines("release:\n  target: embedded\n").replace("sample", "other")


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    made = a_repository(tmp_path / "r", sample=VALID, other=EMBEDDED.replace("10.55", "10.56"))
    Repository.create(made.root)
    return made


def built(
    workspace: Workspace,
    monkeypatch: pytest.MonkeyPatch,
    target: Any = None,
    meanwhile: Callable[[], object] = lambda: None,
) -> Provenance:
    """Return the provenance of an assembly; something happens during its synthesis."""

    def build(
        _workspace: Workspace, _manifests: object, _names: object, out: Path, *_: Any
    ) -> Path:
        meanwhile()
        out.mkdir(parents=True)
        return out

    monkeypatch.setattr(deployable_assembly, "build_assembly", build)
    progress = Progress(quiet=True, console=Console(file=io.StringIO()))
    names, out = ["sample", "other"], workspace.root.parent / "assembly"
    build_deployable(workspace, Manifests(workspace), names, out, target, progress)
    return provenance.read(out)


def test_an_assembly_records_its_commit_and_targets(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    head = Repository(workspace.root).head()
    found = built(workspace, monkeypatch)
    assert found == Provenance(Commit(head, clean=True), {"sample": "aws", "other": "embedded"})


def test_a_given_target_is_recorded(workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    found = built(workspace, monkeypatch, "embedded")
    assert found.targets == {"sample": "embedded", "other": "embedded"}


def test_an_assembly_is_not_of_a_clean_commit_when_the_checkout_changes_meanwhile(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    repository = Repository(workspace.root)
    head = repository.head()
    found = built(workspace, monkeypatch, meanwhile=lambda: repository.commit("another"))
    assert found.commit == Commit(head, clean=False)


def test_without_a_repository_the_commit_is_unknown(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = EMBEDDED.replace("10.55", "10.56")
    workspace = a_repository(tmp_path / "r", sample=VALID, other=other)
    assert built(workspace, monkeypatch).commit is None
