"""What Git says about the two versions of a comparison."""

from __future__ import annotations

import datetime
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from catalog_platform.errors import PlatformError
from catalog_platform.manifest import Manifests
from catalog_platform.pipeline.compared_versions import (
    MANIFESTS,
    POLICIES,
    Bases,
    ComparedVersions,
)
from catalog_platform.versions import comparison_base
from catalog_platform.workspace import Workspace
from support.checkouts import IDENTITY
from support.git import Repository
from support.manifests import VALID, a_repository


@pytest.fixture
def made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Repository:
    """A repository with an environment, a policy, and a file of the code."""
    for name, value in IDENTITY.items():
        monkeypatch.setenv(name, value)
    workspace = a_repository(tmp_path / "r", sample=VALID)
    for name in ("policies/rule.py", "platform/a.py", "platform/embedded_aws/a.py"):
        path = workspace.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("first\n")
    (workspace.root / ".gitignore").write_text("/build/\n")
    return Repository.create(workspace.root)


@pytest.fixture
def bases(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Bases]:
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(temporary))
    found = Bases(MANIFESTS, POLICIES)
    yield found
    found.close()
    assert list(temporary.iterdir()) == []


def compare(bases: Bases, made: Repository, reference: str = "main") -> ComparedVersions:
    workspace = Workspace(made.root)
    return bases.compare(Manifests(workspace), comparison_base.find(workspace, reference))


def test_the_base_has_its_manifests_and_policies_and_its_other_files_when_needed(
    made: Repository, bases: Bases
) -> None:
    (made.root / "environments" / "sample.yaml").write_text("edited\n")
    found = compare(bases, made)
    before = found.before.workspace
    assert before.environment_names() == ("sample",)
    assert (before.environments / "sample.yaml").read_text() == VALID
    assert (before.policies / "rule.py").is_file()
    assert not (before.root / "platform").exists()
    whole = found.check_out()
    assert (whole.root / "platform" / "a.py").read_text() == "first\n"
    assert found.check_out() == whole


def test_parts_that_nobody_needs_or_the_base_lacks_are_not_checked_out(
    made: Repository, bases: Bases
) -> None:
    some = Bases(MANIFESTS)
    assert not compare(some, made).before.workspace.policies.exists()
    some.close()
    made.git("rm", "-r", "--quiet", "policies", "environments")
    made.commit("no folders")
    found = compare(bases, made)
    assert found.before.workspace.environment_names() == ()
    assert not found.before.workspace.policies.exists()


def test_what_differs_is_told_by_code_and_policies(made: Repository, bases: Bases) -> None:
    found = compare(bases, made)
    assert (found.code, found.policies) == ([], [])
    for name in ("platform/a.py", "platform/embedded_aws/a.py", "policies/rule.py"):
        (made.root / name).write_text("second\n")
    (made.root / "platform" / "new.py").write_text("")
    (made.root / "README.md").write_text("")
    found = compare(bases, made)
    assert found.code == ["platform/a.py", "platform/new.py"]
    assert found.policies == ["policies/rule.py"]


def test_the_same_commit_is_checked_out_once_and_another_one_anew(
    made: Repository, bases: Bases, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = compare(bases, made)
    made.git("tag", "same")
    assert compare(bases, made, "same").before is first.before
    (made.root / "environments" / "sample.yaml").write_text(VALID + "# edited\n")
    made.commit("edit")
    second = compare(bases, made)
    assert second.before is not first.before
    assert not first.before.workspace.root.exists()
    text = (second.before.workspace.environments / "sample.yaml").read_text()
    assert text == VALID + "# edited\n"
    tomorrow = datetime.datetime.now(datetime.UTC) + datetime.timedelta(days=1)

    class Tomorrow(datetime.datetime):
        @classmethod
        def now(cls, tz: datetime.tzinfo | None = None) -> Tomorrow:
            return cls.fromtimestamp(tomorrow.timestamp(), tz)

    monkeypatch.setattr(datetime, "datetime", Tomorrow)
    assert compare(bases, made).before is not second.before


def test_a_base_that_cannot_be_checked_out_is_refused_each_time(
    made: Repository, bases: Bases
) -> None:
    (made.root / "platform" / "link").symlink_to("/etc/hosts")
    made.commit("a link")
    found = compare(bases, made)
    for _ in range(2):
        with pytest.raises(PlatformError, match="link is a symbolic link to /etc/hosts"):
            found.check_out()
    (made.root / "environments" / "link.yaml").symlink_to("/etc/hosts")
    made.commit("another link")
    for _ in range(2):
        with pytest.raises(PlatformError, match="link to /etc/hosts"):
            compare(bases, made)


def test_a_build_folder_of_a_commit_is_noticed(made: Repository, bases: Bases) -> None:
    assert not compare(bases, made).is_build_committed
    (made.root / "build").mkdir(exist_ok=True)
    (made.root / "build" / "a").write_text("")
    made.git("add", "--force", "build/a")
    assert compare(bases, made).is_build_committed
