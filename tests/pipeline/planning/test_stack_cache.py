"""The cache of the base's stacks."""

from __future__ import annotations

import hashlib
import importlib.metadata
import os
import zlib
from pathlib import Path

import pytest

from catalog_platform.pipeline.planning import content_cache
from catalog_platform.pipeline.planning.stack_cache import StackCache
from catalog_platform.plan.stack import Stack


def a_stack(size: int = 0) -> Stack:
    """Return a stack with a text that can't be compressed much."""
    return Stack(
        template={
            "Resources": {"Queue": {"Type": "AWS::SQS::Queue"}},
            "Text": os.urandom(size).hex(),
        },
        account="1" * 12,
        region="eu-west-1",
        is_protected=True,
        paths={"Queue": "Stream/Queue"},
    )


def files(folder: Path) -> list[Path]:
    """Return the files of a cache."""
    return sorted(folder.iterdir())


def test_a_stack_is_read_as_it_was_written(tmp_path: Path) -> None:
    stack = a_stack(8)
    cache = StackCache(tmp_path / "new" / "folder", "inputs")
    assert cache.read("prod") is None
    cache.write("prod", stack, "digest")
    assert StackCache(tmp_path / "new" / "folder", "inputs").read("prod") == (stack, "digest")


def test_another_environment_version_or_package_has_a_stack_of_its_own(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    StackCache(tmp_path, "inputs").write("prod", a_stack(), "digest")
    assert StackCache(tmp_path, "inputs").read("dev") is None
    assert StackCache(tmp_path, "others").read("prod") is None
    monkeypatch.setattr(importlib.metadata, "distributions", list)
    assert StackCache(tmp_path, "inputs").read("prod") is None


def test_a_damaged_file_is_not_read_and_is_replaced(tmp_path: Path) -> None:
    cache = StackCache(tmp_path, "inputs")
    cache.write("prod", a_stack(), "digest")
    (path,) = files(tmp_path)
    whole = path.read_bytes()
    for position in (0, 63, 64, 65, len(whole) // 2, len(whole) - 1):
        path.write_bytes(whole[:position])
        assert cache.read("prod") is None
        path.write_bytes(whole[:position] + bytes([whole[position] ^ 1]) + whole[position + 1 :])
        assert cache.read("prod") is None
    cache.write("prod", a_stack(), "digest")
    assert cache.read("prod") is not None


@pytest.mark.parametrize(
    "content", [b"", b"no zlib", zlib.compress(b"{}"), zlib.compress(b"[1, 2]")]
)
def test_a_file_with_another_content_is_not_read(content: bytes, tmp_path: Path) -> None:
    cache = StackCache(tmp_path, "inputs")
    cache.write("prod", a_stack(), "digest")
    (path,) = files(tmp_path)
    path.write_bytes(hashlib.sha256(content).hexdigest().encode() + b"\n" + content)
    assert cache.read("prod") is None


def test_the_files_that_were_not_used_for_longest_leave_with_those_of_killed_processes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(content_cache, "MAXIMUM_BYTES", 8_500)
    cache = StackCache(tmp_path, "inputs")
    (tmp_path / "tmpkilled").write_bytes(bytes(4_000))
    os.utime(tmp_path / "tmpkilled", (1, 1))
    for age, name in enumerate(("first", "second")):
        cache.write(name, a_stack(1_500), "digest")
        os.utime(max(files(tmp_path), key=lambda path: path.stat().st_mtime), (age + 2, age + 2))
    assert cache.read("first") is not None
    for name in ("third", "fourth", "fifth"):
        cache.write(name, a_stack(1_500), "digest")
    assert sum(path.stat().st_size for path in files(tmp_path)) <= 8_500
    assert not (tmp_path / "tmpkilled").exists()
    assert cache.read("second") is None
    assert cache.read("first") is not None
    assert cache.read("fifth") is not None


def test_a_folder_that_cannot_be_written_keeps_nothing(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    cache = StackCache(tmp_path / "file", "inputs")
    cache.write("prod", a_stack(), "digest")
    assert cache.read("prod") is None
