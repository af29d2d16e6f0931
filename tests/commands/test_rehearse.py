"""Usage errors of `rehearse`, which it reports before it starts anything."""

from __future__ import annotations

from pathlib import Path

import pytest

from catalog_platform.commands import rehearse
from catalog_platform.errors import PlatformError, UsageError
from catalog_platform.workspace import Workspace
from support.checkouts import Checkout


@pytest.fixture
def checkout(tmp_path: Path) -> Checkout:
    return Checkout.of_this_repository(tmp_path / "checkout")


def run(root: Path, name: str, base: str | None, out: Path | None = None) -> int:
    return rehearse.run(
        Workspace(root), name=name, base=base, updates=1, out=out, format="markdown"
    )


def test_an_output_folder_that_is_a_file_is_a_usage_error(checkout: Checkout) -> None:
    with pytest.raises(UsageError, match=r"production\.yaml: is not a folder"):
        run(checkout.root, "production", "HEAD", checkout.root / "environments" / "production.yaml")


def test_an_unknown_base_is_a_usage_error(checkout: Checkout) -> None:
    with pytest.raises(UsageError, match="--base no-such-branch: no such commit"):
        run(checkout.root, "production", "no-such-branch")


def test_an_environment_that_is_new_since_the_base_is_not_rehearsed(
    checkout: Checkout, capsys: pytest.CaptureFixture[str]
) -> None:
    manifest = checkout.root / "environments" / "local.yaml"
    other = manifest.with_name("other.yaml")
    text = manifest.read_text().replace("name: local", "name: other")
    other.write_text(text.replace("10.250.0.0/16", "10.251.0.0/16"))
    assert run(checkout.root, "other", "main") == 0
    shown = capsys.readouterr().out
    assert shown.startswith("## Rehearsal of other: **not rehearsed**")
    assert "main has no environment other." in shown


def test_an_unknown_environment_is_a_usage_error(checkout: Checkout) -> None:
    with pytest.raises(UsageError, match="unknown environment 'prodution'"):
        run(checkout.root, "prodution", "main")


def test_a_folder_without_git_is_an_expected_failure(examples: Workspace, tmp_path: Path) -> None:
    (tmp_path / "environments").mkdir()
    for path in examples.environments.glob("*.yaml"):
        (tmp_path / "environments" / path.name).write_text(path.read_text())
    with pytest.raises(PlatformError):
        run(tmp_path, "production", "HEAD")
    assert not (tmp_path / "build" / "rehearsal" / "production").exists()


def test_a_deleted_environment_is_reported(
    checkout: Checkout, capsys: pytest.CaptureFixture[str]
) -> None:
    (checkout.root / "environments" / "local.yaml").unlink()
    assert run(checkout.root, "local", None) == 0
    text = capsys.readouterr().out
    assert text.startswith("## Rehearsal of local: **not rehearsed**")
    assert "The change deletes the environment local." in text


def test_nothing_is_started_when_nothing_differs_from_the_main_branch(
    checkout: Checkout, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(checkout.root, "local", None) == 0
    assert "no difference: nothing was rehearsed" in capsys.readouterr().out
