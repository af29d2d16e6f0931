"""The manifests of the working tree for commands that only report about them."""

from __future__ import annotations

from catalog_platform.errors import PlatformError
from catalog_platform.git import git
from catalog_platform.manifest import Manifests
from catalog_platform.manifest.kept_manifests import KeptManifests
from catalog_platform.workspace import Workspace


def manifests_of(workspace: Workspace) -> Manifests:
    """Return the manifests of a workspace, where possible as earlier runs have kept them.

    Files that are part of the repository are not used: a pull request could add some whose
    manifests are not those of the texts.
    """
    return Manifests(workspace, KeptManifests(workspace, on_disk=not is_committed(workspace)))


def is_committed(workspace: Workspace) -> bool:
    """Return whether Git tracks the build folder, which may be a link or a submodule, or a file.

    Nothing that is kept there is used then: a pull request could have added it.
    """
    if not workspace.build.exists():
        return False
    if not any((each / ".git").exists() for each in (workspace.root, *workspace.root.parents)):
        return False  # without Git, nothing is a pull request
    try:
        return bool(git(workspace.root, "ls-files", "--", workspace.build.name))
    except PlatformError:
        return True  # that is not known
