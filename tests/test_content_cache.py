"""The files of results about earlier versions."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from pathlib import Path

import pytest

from catalog_platform import content_cache
from catalog_platform.content_cache import ContentCache

CONTENT = b"a content"


def a_cache(folder: Path, *parts: str, suffix: str = ".kept", pinned: bool = False) -> ContentCache:
    return ContentCache(folder, suffix, *(parts or ("inputs",)), pinned=pinned)


def files(folder: Path) -> list[Path]:
    """Return the files of a cache."""
    return sorted(folder.iterdir())


def test_a_content_is_read_as_it_was_written(tmp_path: Path) -> None:
    folder = tmp_path / "new" / "folder"
    assert a_cache(folder).read("prod") is None
    a_cache(folder).write("prod", CONTENT)
    assert a_cache(folder).read("prod") == CONTENT
    assert [path.suffix for path in files(folder)] == [".kept"]


def test_other_names_parts_kinds_and_packages_have_contents_of_their_own(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    a_cache(tmp_path).write("prod", CONTENT)
    assert a_cache(tmp_path).read("dev") is None
    assert a_cache(tmp_path, "others").read("prod") is None
    assert a_cache(tmp_path, "in", "puts").read("prod") is None
    assert a_cache(tmp_path, suffix=".other").read("prod") is None
    assert a_cache(tmp_path, pinned=True).read("prod") is None
    (tmp_path / "packages" / "new_package-1.0.dist-info").mkdir(parents=True)
    monkeypatch.syspath_prepend(tmp_path / "packages")
    assert a_cache(tmp_path).read("prod") is None


def test_a_damaged_file_is_not_read_and_is_replaced(tmp_path: Path) -> None:
    cache = a_cache(tmp_path)
    cache.write("prod", CONTENT)
    (path,) = files(tmp_path)
    whole = path.read_bytes()
    for position in (0, 63, 64, 65, len(whole) // 2, len(whole) - 1):
        path.write_bytes(whole[:position])
        assert cache.read("prod") is None
        path.write_bytes(whole[:position] + bytes([whole[position] ^ 1]) + whole[position + 1 :])
        assert cache.read("prod") is None
    cache.write("prod", CONTENT)
    assert cache.read("prod") == CONTENT


@pytest.mark.parametrize("content", [b"", b"no zlib"])
def test_a_file_with_another_content_is_not_read(content: bytes, tmp_path: Path) -> None:
    cache = a_cache(tmp_path)
    cache.write("prod", CONTENT)
    (path,) = files(tmp_path)
    path.write_bytes(hashlib.sha256(content).hexdigest().encode() + b"\n" + content)
    assert cache.read("prod") is None


def test_the_files_that_were_not_used_for_longest_leave_with_those_of_killed_processes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(content_cache, "MAXIMUM_BYTES", 8_500)
    cache = a_cache(tmp_path)
    (tmp_path / "tmpkilled").write_bytes(bytes(4_000))
    os.utime(tmp_path / "tmpkilled", (1, 1))
    for age, name in enumerate(("first", "second")):
        cache.write(name, os.urandom(2_000))
        os.utime(max(files(tmp_path), key=lambda path: path.stat().st_mtime), (age + 2, age + 2))
    assert cache.read("first") is not None
    for name in ("third", "fourth", "fifth"):
        cache.write(name, os.urandom(2_000))
    assert sum(path.stat().st_size for path in files(tmp_path)) <= 8_500
    assert not (tmp_path / "tmpkilled").exists()
    assert cache.read("second") is None
    assert cache.read("first") is not None
    assert cache.read("fifth") is not None


def test_a_folder_that_cannot_be_written_keeps_nothing(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    cache = a_cache(tmp_path / "file")
    cache.write("prod", CONTENT)
    assert cache.read("prod") is None


WRITER = """
import sys
from pathlib import Path
from catalog_platform.content_cache import ContentCache

cache = ContentCache(Path(sys.argv[1]), ".kept", "inputs")
while True:
    cache.write("prod", b"a content" * 50_000)
    print("written", flush=True)
"""


def test_readers_see_whole_contents_while_writers_run_and_are_killed(tmp_path: Path) -> None:
    command = [sys.executable, "-c", WRITER, str(tmp_path)]
    reader = a_cache(tmp_path)
    for _ in range(2):
        writers = [subprocess.Popen(command, stdout=subprocess.PIPE) for _ in range(2)]
        try:
            for writer in writers:
                assert writer.stdout is not None
                writer.stdout.readline()
            found = {reader.read("prod") for _ in range(100)}
        finally:
            for writer in writers:
                writer.kill()
                writer.communicate()
        assert found <= {None, CONTENT * 50_000}
        assert reader.read("prod") == CONTENT * 50_000
