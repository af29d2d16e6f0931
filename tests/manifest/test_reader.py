from __future__ import annotations

from pathlib import Path

import pytest

from catalog_platform.findings import Location
from catalog_platform.manifest.node import ScalarNode, find
from catalog_platform.manifest.reader import ManifestReader
from catalog_platform.workspace import Workspace
from support.manifests import VALID, a_repository, with_lines


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    return a_repository(tmp_path / "r", sample=VALID, broken="a: [")


def test_a_file_is_read_once(workspace: Workspace) -> None:
    reader = ManifestReader(workspace)
    first = reader.document("sample.yaml")
    (workspace.environments / "sample.yaml").write_text("a: [")
    assert reader.document("sample.yaml") is first
    assert first.findings == ()


def test_a_forgotten_file_is_read_again(workspace: Workspace) -> None:
    reader = ManifestReader(workspace)
    first = reader.document("sample.yaml")
    reader.forget_if_longer("sample.yaml", len(VALID))
    assert reader.document("sample.yaml") is first
    reader.forget_if_longer("sample.yaml", len(VALID) - 1)
    assert reader.document("sample.yaml") is not first


def test_an_unusable_file_has_findings_its_text_and_no_root(workspace: Workspace) -> None:
    document = ManifestReader(workspace).document("broken.yaml")
    assert (document.root, document.text) == (None, "a: [")
    assert [each.rule for each in document.findings] == ["syntax"]


def test_a_missing_file_is_a_finding(workspace: Workspace) -> None:
    (found,) = ManifestReader(workspace).document("gone.yaml").findings
    assert (found.rule, found.location.file) == ("unreadable", "environments/gone.yaml")


def test_an_unquoted_number_is_text_where_the_key_requires_text(tmp_path: Path) -> None:
    text = with_lines("tags: {owner: 12}\n").replace('"555555555555"', "555555555555")
    root = ManifestReader(a_repository(tmp_path / "r", sample=text)).document("sample.yaml").root
    assert root is not None
    for key, value in (("account", "555555555555"), ("tier", "development")):
        node = find(root, ("environment", key))
        assert isinstance(node, ScalarNode)
        assert node.value == value


def test_an_excerpt_is_a_line_of_a_yaml_file_of_the_repository(workspace: Workspace) -> None:
    reader = ManifestReader(workspace)
    found = reader.excerpt(Location("environments/sample.yaml", 2, 3))
    assert found is not None
    assert found.line == "  name: sample"
    (workspace.root / "policies.yaml").write_text("a: 1\n")
    outside = reader.excerpt(Location("policies.yaml", 1, 1))
    assert outside is not None
    assert outside.line == "a: 1"
    assert reader.excerpt(Location("environments/gone.yaml", 1, 1)) is None
    assert reader.excerpt(Location("README.md", 1, 1)) is None
    assert reader.excerpt(Location("../outside.yaml", 1, 1)) is None
