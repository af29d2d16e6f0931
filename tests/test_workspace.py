from __future__ import annotations

import pytest

from catalog_platform.errors import UsageError
from catalog_platform.workspace import Toolchain, Workspace
from support.manifests import VALID, a_repository
from support.permissions import forbid_listing


def test_the_repository_is_found_from_any_folder_below_it(tmp_path):
    workspace = a_repository(tmp_path / "r")
    below = workspace.root / "a" / "b"
    below.mkdir(parents=True)
    assert Workspace.find(below) == Workspace(workspace.root.resolve())


def test_a_folder_outside_any_repository_is_a_usage_error(tmp_path):
    with pytest.raises(UsageError) as caught:
        Workspace.find(tmp_path)
    assert "no environments/defaults.yaml" in caught.value.message
    assert "-C DIR" in caught.value.hint


def test_environments_are_the_manifests_without_defaults_and_hidden_files(tmp_path):
    workspace = a_repository(tmp_path / "r", b=VALID, a=VALID)
    (workspace.environments / ".#a.yaml").symlink_to("nobody@nowhere")
    assert workspace.environment_names() == ("a", "b")


def test_naming_no_environment_selects_all_of_them(tmp_path):
    workspace = a_repository(tmp_path / "r", b=VALID, a=VALID)
    assert workspace.select([]) == ("a", "b")
    assert workspace.select(["b", "a", "b"]) == ("b", "a")


@pytest.mark.parametrize("name", ["c", "defaults", "../environments/a", "", "a.yaml"])
def test_a_name_without_a_manifest_is_a_usage_error(tmp_path, name):
    workspace = a_repository(tmp_path / "r", a=VALID)
    with pytest.raises(UsageError, match="environments: a"):
        workspace.select([name])


def test_a_repository_may_have_no_environment_yet(tmp_path):
    workspace = a_repository(tmp_path / "r")
    assert workspace.select([]) == ()
    with pytest.raises(UsageError, match="environments: none"):
        workspace.select(["prod"])


def test_manifests_that_nobody_may_list_are_an_error_and_not_none(tmp_path, monkeypatch):
    workspace = a_repository(tmp_path / "r", a=VALID)
    forbid_listing(monkeypatch, workspace.environments)
    with pytest.raises(PermissionError):
        workspace.environment_names()


def test_an_old_version_of_a_repository_may_have_no_folder_of_manifests(tmp_path):
    assert Workspace(tmp_path).environment_names() == ()


def test_the_installed_tools_are_there():
    tools = Toolchain.installed()
    for tool in (tools.node, tools.cdk, tools.uv, tools.embedded_python):
        assert tool.exists()
