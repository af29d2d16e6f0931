from __future__ import annotations

import os
import stat
import zipfile
import zlib
from pathlib import Path

import pytest

from catalog_platform import bundle
from catalog_platform.errors import PlatformError
from support.bundles import write_bundle

FILES = {"package/handler.py": "def handle(): ...\n" * 50, "a.txt": "first"}


@pytest.fixture
def packed(tmp_path: Path) -> Path:
    """Return a bundle of `FILES`."""
    return write_bundle(tmp_path / "packed.zip", FILES)


def content_of(folder: Path, files: dict[str, str]) -> str:
    return bundle.content_digest(write_bundle(folder / "other.zip", files))


def test_entries_are_sorted_and_have_fixed_times_and_modes(tmp_path: Path) -> None:
    tree = tmp_path / "tree"
    for name, mode in (("b/run.sh", 0o700), ("b-c", 0o600), ("a", 0o664)):
        file = tree / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(name)
        file.chmod(mode)
    bundle.pack(tree, tmp_path / "packed.zip")
    with zipfile.ZipFile(tmp_path / "packed.zip") as archive:
        entries = archive.infolist()
        assert archive.testzip() is None
    assert [(each.filename, stat.filemode(each.external_attr >> 16)) for each in entries] == [
        ("a", "-rw-r--r--"),
        ("b-c", "-rw-r--r--"),
        ("b/run.sh", "-rwxr-xr-x"),
    ]
    assert {each.date_time for each in entries} == {(1980, 1, 1, 0, 0, 0)}
    assert bundle.content_digest(tmp_path / "packed.zip") == bundle.tree_digest(tree)


def test_equal_files_make_equal_bytes(tmp_path: Path, packed: Path) -> None:
    again = write_bundle(tmp_path / "again.zip", dict(reversed(FILES.items())))
    assert again.read_bytes() == packed.read_bytes()


def test_the_digest_of_the_content_does_not_depend_on_the_compression(
    tmp_path: Path, packed: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    compressor = zlib.compressobj
    monkeypatch.setattr(zlib, "compressobj", lambda _level, *others: compressor(0, *others))
    stored = write_bundle(tmp_path / "stored.zip", FILES)
    assert stored.stat().st_size > 2 * packed.stat().st_size
    assert bundle.content_digest(stored) == bundle.content_digest(packed)
    assert bundle.has_stated_content(stored)


def test_names_modes_and_bytes_are_content(tmp_path: Path, packed: Path) -> None:
    found = {bundle.content_digest(packed), content_of(tmp_path, {**FILES, "a.txt": "second"})}
    found.add(content_of(tmp_path, {**FILES, "b.txt": ""}))
    found.add(content_of(tmp_path, {"package/handler.py": FILES["package/handler.py"]}))
    found.add(content_of(tmp_path, {"b.txt": "first", **FILES, "a.txt": ""}))
    (tmp_path / "tree").mkdir()
    (tmp_path / "tree" / "a.txt").write_text("first")
    found.add(bundle.tree_digest(tmp_path / "tree"))
    (tmp_path / "tree" / "a.txt").chmod(0o755)
    found.add(bundle.tree_digest(tmp_path / "tree"))
    assert len(found) == 7


def test_a_bundle_is_intact_until_a_byte_changes(packed: Path) -> None:
    content = packed.read_bytes()
    assert bundle.is_intact(packed)
    assert bundle.has_stated_content(packed)
    packed.unlink()
    for place in (0, 40, len(content) // 2, len(content) - 180, len(content) - 1):
        packed.write_bytes(content[:place] + bytes([content[place] ^ 1]) + content[place + 1 :])
        assert not bundle.is_intact(packed), place
    for damaged in (content[:-1], content[: len(content) // 2], b"", content + b" "):
        packed.write_bytes(damaged)
        assert not bundle.is_intact(packed)
        assert not bundle.has_stated_content(packed)


def test_what_is_no_file_is_not_intact(tmp_path: Path) -> None:
    assert not bundle.is_intact(tmp_path)
    assert not bundle.is_intact(tmp_path / "missing")
    assert not bundle.is_intact(tmp_path / "missing" / "file")


def test_a_bundle_that_states_another_content_is_found(tmp_path: Path, packed: Path) -> None:
    """Both digests are replaced, as a program would do that wants to pass for another bundle."""
    other = write_bundle(tmp_path / "other.zip", {**FILES, "a.txt": "forged"})
    forged = tmp_path / "forged.zip"
    content, honest = other.read_bytes(), bundle.content_digest(packed)
    forged.write_bytes(content.replace(bundle.content_digest(other).encode(), honest.encode()))
    assert bundle.is_intact(forged)
    assert bundle.content_digest(forged) == honest
    assert not bundle.has_stated_content(forged)


def test_a_file_that_is_no_zip_but_states_digests_is_found(tmp_path: Path, packed: Path) -> None:
    digest = bundle.content_digest(packed)
    (tmp_path / "text.zip").write_bytes(b"no zip" + bundle.file_comment(b"no zip", digest))
    assert bundle.is_intact(tmp_path / "text.zip")
    assert not bundle.has_stated_content(tmp_path / "text.zip")


@pytest.mark.parametrize("content", [b"", b"text", b"x" * 500])
def test_a_file_that_is_no_bundle_is_named(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "file.zip").write_bytes(content)
    with pytest.raises(PlatformError, match=r"file\.zip: is not a complete bundle"):
        bundle.content_digest(tmp_path / "file.zip")
    with pytest.raises(PlatformError, match=r"missing\.zip: is not a complete bundle"):
        bundle.content_digest(tmp_path / "missing.zip")


def test_a_bundle_is_placed_as_a_link_and_copied_where_links_are_impossible(
    tmp_path: Path, packed: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    target = tmp_path / "folder" / "target.zip"
    target.parent.mkdir()
    target.write_text("damaged")
    for _ in range(2):
        bundle.place(packed, target)
        assert target.samefile(packed)

    def refuse(*_: object) -> None:
        raise OSError("another file system")

    monkeypatch.setattr(os, "link", refuse)
    bundle.place(packed, target)
    assert not target.samefile(packed)
    assert target.read_bytes() == packed.read_bytes()
    assert list(target.parent.iterdir()) == [target]


def test_a_bundle_cannot_be_written_by_accident(packed: Path) -> None:
    assert stat.S_IMODE(packed.stat().st_mode) == 0o444
