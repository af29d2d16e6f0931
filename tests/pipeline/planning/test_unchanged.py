"""Environments whose stack can't differ."""

from __future__ import annotations

from pathlib import Path

import pytest

from catalog_platform.manifest import Manifests, pipeline
from catalog_platform.manifest.pipeline import ManifestResult
from catalog_platform.manifest.reader import ManifestReader
from catalog_platform.pipeline.planning.unchanged import unchanged
from support.exceptions import NO_STANDBY, PRODUCTION, exception
from support.manifests import VALID, a_repository, with_lines

OTHER = VALID.replace("sample", "other").replace("10.55", "10.56")
NAMES = ("other", "sample")


def versions(tmp_path: Path, now: str) -> tuple[Manifests, Manifests]:
    """Return the manifests of a base, and of a version with another text of `sample`."""
    base = a_repository(tmp_path / "base", sample=VALID, other=OTHER)
    head = Manifests(a_repository(tmp_path / "head", sample=now, other=OTHER))
    return Manifests(base, head.kept), head


def test_an_environment_with_the_same_values_is_unchanged(tmp_path: Path) -> None:
    assert unchanged(*versions(tmp_path, f"# a comment\n{VALID}"), NAMES, []) == {*NAMES}


def test_an_environment_with_other_values_is_not(tmp_path: Path) -> None:
    edited = with_lines("stream:\n  shards: 3\n")
    assert unchanged(*versions(tmp_path, edited), NAMES, []) == {"other"}


@pytest.fixture
def resolved(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, str]]:
    """The environments that are resolved, with the folder of their version."""
    found: list[tuple[str, str]] = []
    real = pipeline.process

    def process(reader: ManifestReader, name: str) -> ManifestResult:
        found.append((reader.workspace.root.name, name))
        return real(reader, name)

    monkeypatch.setattr(pipeline, "process", process)
    return found


def test_environments_with_the_same_texts_are_not_resolved_at_the_base(
    tmp_path: Path, resolved: list[tuple[str, str]]
) -> None:
    before, now = versions(tmp_path, with_lines("stream:\n  shards: 3\n"))
    assert unchanged(before, now, NAMES, []) == {"other"}
    assert resolved == [("head", "other"), ("head", "sample"), ("base", "sample")]


def test_nor_are_those_with_a_note_which_are_never_kept(
    tmp_path: Path, resolved: list[tuple[str, str]]
) -> None:
    base, head = (
        a_repository(tmp_path / name, sample=PRODUCTION + NO_STANDBY + exception())
        for name in ("base", "head")
    )
    now = Manifests(head)
    before = Manifests(base, now.kept)
    assert unchanged(before, now, ("sample",), []) == {"sample"}
    assert resolved == [("head", "sample")]


def test_an_environment_with_an_error_is_not_unchanged(tmp_path: Path) -> None:
    wrong = with_lines("cache:\n  port: 1\n")
    base, head = (
        a_repository(tmp_path / name, sample=wrong, other=OTHER) for name in ("base", "head")
    )
    now = Manifests(head)
    assert unchanged(Manifests(base, now.kept), now, NAMES, []) == {"other"}


def test_nothing_is_unchanged_when_the_code_differs_or_the_defaults_are_broken(
    tmp_path: Path,
) -> None:
    before, now = versions(tmp_path, VALID)
    assert unchanged(before, now, NAMES, ["platform/file.py"]) == frozenset()
    (now.workspace.environments / "defaults.yaml").write_text("a: [")
    assert unchanged(before, Manifests(now.workspace), NAMES, []) == frozenset()


def test_added_and_removed_environments_are_not_unchanged(tmp_path: Path) -> None:
    base = a_repository(tmp_path / "base", sample=VALID)
    head = Manifests(a_repository(tmp_path / "head", other=OTHER))
    assert unchanged(Manifests(base), head, NAMES, []) == frozenset()
