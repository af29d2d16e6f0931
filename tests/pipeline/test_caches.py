from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from catalog_platform import bundle
from catalog_platform.content_cache import ContentCache
from catalog_platform.packaging import user_bundles
from catalog_platform.pipeline.caches import RESULTS, CacheContent, clear, contents
from support.bundles import write_bundle


@pytest.fixture
def user(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of the user's bundles, which doesn't exist."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path_factory.mktemp("cache")))
    return user_bundles.folder()


@pytest.fixture
def build(tmp_path: Path, user: Path) -> Path:
    """Two verdicts, used at 1000 and 3000, one stack, an environment, a bundle used at 2000, which
    is also the user's, and a bundle that an earlier version has built.
    """
    for time, name in ((1000, "first"), (3000, "second")):
        cache = ContentCache(tmp_path / "verdicts", ".verdicts", name)
        cache.write("prod", b"content")
        newest = max((tmp_path / "verdicts").iterdir(), key=lambda path: path.stat().st_mtime)
        os.utime(newest, (time, time))
    ContentCache(tmp_path / "stacks", ".stack").write("prod", b"content")
    reader = write_bundle(tmp_path / "bundles" / "reader" / "abc.zip", {"handler.py": ""})
    os.utime(reader, (2000, 2000))
    user.mkdir(parents=True)
    bundle.place(reader, user / "reader-abc.zip")
    for folder in ("bundles/reader/abc", "bundles/reader/.building-x", "environments/def"):
        (tmp_path / folder / "deep").mkdir(parents=True)
        (tmp_path / folder / "deep" / "file.py").write_text("12345")
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "file").write_text("")
    return tmp_path


def by_name(found: list[CacheContent]) -> dict[str, CacheContent]:
    return {each.name: each for each in found}


def test_each_cache_has_its_entries_bytes_and_times_of_use(build: Path) -> None:
    found = by_name(contents(build))
    assert list(found) == [*RESULTS, "bundles", "user-bundles", "environments"]
    assert RESULTS == ("resolved", "stacks", "scans", "verdicts")
    size = sum(path.stat().st_size for path in (build / "verdicts").iterdir())
    assert found["verdicts"] == CacheContent(
        name="verdicts", entries=2, bytes=size, oldest_use=1000, newest_use=3000
    )
    assert found["stacks"].entries == 1
    assert found["scans"] == CacheContent(name="scans", entries=0, bytes=0)
    size = (build / "bundles" / "reader" / "abc.zip").stat().st_size
    for name in ("bundles", "user-bundles"):
        assert found[name] == CacheContent(
            name=name, entries=1, bytes=size, oldest_use=2000, newest_use=2000
        )
    assert found["environments"] == CacheContent(name="environments", entries=1, bytes=5)


def test_damaged_entries_and_those_of_killed_processes_are_counted(build: Path, user: Path) -> None:
    first = min((build / "verdicts").iterdir())
    first.write_bytes(first.read_bytes()[:-1])
    (build / "verdicts" / "tmpkilled").write_bytes(b"begun")
    reader = build / "bundles" / "reader" / "abc.zip"
    content = reader.read_bytes()
    reader.unlink()
    reader.write_bytes(content[:-1])
    (user / ".begun").write_bytes(b"begun")
    found = by_name(contents(build))
    assert (found["verdicts"].entries, found["verdicts"].damaged) == (3, 2)
    assert (found["bundles"].entries, found["bundles"].damaged) == (1, 1)
    assert (found["user-bundles"].entries, found["user-bundles"].damaged) == (2, 1)


def test_results_of_earlier_runs_are_removed_and_what_is_installed_stays(build: Path) -> None:
    before = contents(build)
    (build / "verdicts" / "tmpkilled").write_bytes(b"begun")
    removed = clear(build)
    assert [each.name for each in removed] == list(RESULTS)
    assert by_name(removed)["verdicts"].entries == 3
    assert [each.entries for each in contents(build)] == [0, 0, 0, 0, 1, 1, 1]
    assert contents(build)[4:] == before[4:]
    assert (build / "other" / "file").exists()
    assert ContentCache(build / "stacks", ".stack").read("prod") is None


def test_everything_is_removed_but_what_is_being_built(build: Path, user: Path) -> None:
    left = build / "bundles" / "reader" / ".removed-earlier"
    left.mkdir()
    clear(build, everything=True)
    assert all(each.entries == each.bytes == 0 for each in contents(build))
    assert not left.exists()
    assert [path.name for path in (build / "bundles" / "reader").iterdir()] == [".building-x"]
    assert list(user.iterdir()) == []


def test_no_half_of_a_bundle_stays_when_its_removal_is_interrupted(
    build: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(_folder: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(shutil, "rmtree", interrupted)
        with pytest.raises(KeyboardInterrupt):
            clear(build, everything=True)
    assert not (build / "bundles" / "reader" / "abc").exists()
    clear(build, everything=True)


@pytest.mark.usefixtures("user")
def test_a_repository_without_a_build_folder_has_empty_caches(tmp_path: Path) -> None:
    assert {each.entries for each in contents(tmp_path / "build")} == {0}
    clear(tmp_path / "build", everything=True)
    assert not (tmp_path / "build").exists()
