from __future__ import annotations

import os
from pathlib import Path

import pytest

from catalog_platform import bundle
from catalog_platform.packaging import UserBundles, user_bundles
from support.bundles import write_bundle

DIGEST = "0" * 64


@pytest.fixture
def built(tmp_path: Path) -> Path:
    """A bundle that was just built."""
    return write_bundle(tmp_path / "built.zip", {"handler.py": "pass"})


@pytest.fixture
def shared(tmp_path: Path, built: Path) -> UserBundles:
    """Bundles of a user, with that of the function `reader`."""
    made = UserBundles(tmp_path / "cache" / "bundles")
    made.keep("reader", DIGEST, built)
    return made


def files(tmp_path: Path) -> list[Path]:
    return sorted((tmp_path / "cache" / "bundles").iterdir())


def test_a_bundle_is_taken_by_function_and_recipe(
    tmp_path: Path, shared: UserBundles, built: Path
) -> None:
    taken = tmp_path / "taken.zip"
    assert not shared.take("writer", DIGEST, taken)
    assert not shared.take("reader", "1" * 64, taken)
    assert not taken.exists()
    assert shared.take("reader", DIGEST, taken)
    assert taken.samefile(built)


def test_a_folder_that_does_not_exist_holds_nothing(tmp_path: Path) -> None:
    assert not UserBundles(tmp_path / "missing").take("reader", DIGEST, tmp_path / "taken.zip")


@pytest.mark.parametrize("change", ["cut off", "changed", "empty", "gone"])
def test_a_damaged_bundle_is_not_taken_and_replaced(
    tmp_path: Path, shared: UserBundles, built: Path, change: str
) -> None:
    (kept,) = files(tmp_path)
    content = built.read_bytes()
    damaged = {"cut off": content[:-1], "changed": b"!" + content[1:], "empty": b""}
    kept.unlink()
    if change in damaged:
        kept.write_bytes(damaged[change])
    assert not shared.take("reader", DIGEST, tmp_path / "taken.zip")
    assert not (tmp_path / "taken.zip").exists()
    shared.keep("reader", DIGEST, built)
    assert shared.take("reader", DIGEST, tmp_path / "taken.zip")


def test_a_bundle_that_states_the_content_of_another_one_is_not_taken(
    tmp_path: Path, shared: UserBundles, built: Path
) -> None:
    (kept,) = files(tmp_path)
    forged = write_bundle(tmp_path / "forged.zip", {"handler.py": "forged"})
    stated, honest = (bundle.content_digest(each).encode() for each in (forged, built))
    kept.unlink()
    kept.write_bytes(forged.read_bytes().replace(stated, honest))
    assert bundle.is_intact(kept)
    assert not shared.take("reader", DIGEST, tmp_path / "taken.zip")


@pytest.mark.parametrize("mode", [0o770, 0o707])
def test_a_folder_that_others_can_write_to_holds_nothing(
    tmp_path: Path, shared: UserBundles, built: Path, mode: int
) -> None:
    (kept,) = files(tmp_path)
    kept.parent.chmod(mode)
    assert not shared.take("reader", DIGEST, tmp_path / "taken.zip")
    shared.keep("writer", DIGEST, built)
    assert files(tmp_path) == [kept]


def test_a_folder_of_another_user_holds_nothing(
    tmp_path: Path, shared: UserBundles, monkeypatch: pytest.MonkeyPatch
) -> None:
    own = os.geteuid()
    monkeypatch.setattr(os, "geteuid", lambda: own + 1)
    assert not shared.take("reader", DIGEST, tmp_path / "taken.zip")


def test_a_folder_that_cannot_be_written_keeps_nothing(tmp_path: Path, built: Path) -> None:
    (tmp_path / "cache").write_text("a file")
    shared = UserBundles(tmp_path / "cache" / "bundles")
    shared.keep("reader", DIGEST, built)
    assert not shared.take("reader", DIGEST, tmp_path / "taken.zip")


def test_bundles_that_were_not_used_for_longest_are_removed_first(
    tmp_path: Path, shared: UserBundles, built: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (kept,) = files(tmp_path)
    abandoned = kept.parent / ".of-a-killed-process"
    abandoned.write_text("begun")
    for name in ("second", "third"):
        shared.keep(name, DIGEST, write_bundle(tmp_path / f"{name}.zip", {name: "pass"}))
    for time, path in enumerate(files(tmp_path)):
        os.utime(path, (time, time))
    # A use counts for all links of a file.
    user_bundles.touch(built)
    limit = kept.stat().st_size * 5 // 2
    monkeypatch.setattr(user_bundles, "MAXIMUM_BYTES", limit)
    shared.keep("fourth", DIGEST, write_bundle(tmp_path / "fourth.zip", {"fourth": "pass"}))
    assert [path.name.partition("-")[0] for path in files(tmp_path)] == ["fourth", "reader"]
    assert sum(path.stat().st_size for path in files(tmp_path)) <= limit


def test_the_folder_is_in_the_cache_folder_of_the_user(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert user_bundles.folder() == tmp_path / "catalogctl" / "bundles"


def test_the_folder_of_the_tests_is_not_that_of_the_user() -> None:
    assert user_bundles.folder().is_relative_to(Path(__file__).resolve().parents[2] / "build")
