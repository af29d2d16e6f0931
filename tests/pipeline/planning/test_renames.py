"""Environments whose file is moved."""

from __future__ import annotations

from pathlib import Path

from catalog_platform.manifest import Manifests
from catalog_platform.pipeline.planning.renames import renames
from support.manifests import VALID, a_repository

# A manifest with enough lines to recognise.
LONG = f"{VALID}stream:\n  shards: 3\n  retention_hours: 48\ndatabase:\n  storage_gb: 40\n"


def renamed(text: str, name: str) -> str:
    """Return a manifest with the name of another environment."""
    return text.replace("sample", name)


def found(tmp_path: Path, before: dict[str, str], now: dict[str, str]) -> dict[str, str]:
    """Return the renames between two versions."""
    base, head = a_repository(tmp_path / "base", **before), a_repository(tmp_path / "head", **now)
    return renames(Manifests(base), Manifests(head))


def test_a_moved_file_with_few_edits_is_a_rename(tmp_path: Path) -> None:
    edited = renamed(LONG, "store").replace("shards: 3", "shards: 4")
    assert found(tmp_path, {"sample": LONG}, {"store": edited}) == {"store": "sample"}


def test_another_account_or_region_is_a_new_environment(tmp_path: Path) -> None:
    account = renamed(LONG, "store").replace("5" * 12, "6" * 12)
    assert account != renamed(LONG, "store")
    assert found(tmp_path, {"sample": LONG}, {"store": account}) == {}


def test_another_content_is_a_new_environment(tmp_path: Path) -> None:
    other = "".join(f"  key_{number}: {number}\n" for number in range(20))
    text = f"{renamed(VALID, 'store')}tags:\n{other}"
    assert found(tmp_path, {"sample": LONG}, {"store": text}) == {}


def test_of_two_candidates_the_most_similar_one_is_the_rename(tmp_path: Path) -> None:
    less = renamed(LONG, "store").replace("shards: 3", "shards: 4")
    now = {"store": less, "shop": renamed(LONG, "shop")}
    assert found(tmp_path, {"sample": LONG}, now) == {"shop": "sample"}


def test_a_manifest_that_cannot_be_read_is_no_rename(tmp_path: Path) -> None:
    assert found(tmp_path, {"sample": LONG}, {"store": "environment: [\n"}) == {}


def test_an_environment_that_stays_is_no_rename(tmp_path: Path) -> None:
    both = {"sample": LONG, "store": renamed(LONG, "store")}
    assert found(tmp_path / "added", {"sample": LONG}, both) == {}
    assert found(tmp_path / "removed", both, {"sample": LONG}) == {}
