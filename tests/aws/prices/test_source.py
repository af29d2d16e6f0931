"""Where price list files are read from."""

from __future__ import annotations

import contextlib
import io
import urllib.request
from pathlib import Path
from typing import Any

import pytest

from catalog_platform.aws.prices import source
from catalog_platform.aws.prices.source import Folder, Web, read_index, source_of
from catalog_platform.errors import PlatformError, UsageError


class Answer(io.BytesIO):
    """The answer of a server that announces a length."""

    def __init__(self, content: bytes, length: str | None) -> None:
        super().__init__(content)
        self.headers = {"Content-Length": length} if length else {}


def read_from_web(monkeypatch: pytest.MonkeyPatch, content: bytes, length: str | None) -> str:
    """Return what is read from a server with this answer."""
    asked: list[Any] = []

    def urlopen(url: str, **options: Any) -> contextlib.AbstractContextManager[Answer]:
        asked.append((url, options["timeout"] > 0))
        return contextlib.closing(Answer(content, length))

    monkeypatch.setattr(urllib.request, "urlopen", urlopen)
    with Web("https://prices.example/").open("/a/b.csv") as lines:
        text = "".join(lines)
    assert asked == [("https://prices.example/a/b.csv", True)]
    return text


def test_a_folder_or_an_https_address_is_a_source(tmp_path: Path) -> None:
    assert isinstance(source_of(str(tmp_path)), Folder)
    assert isinstance(source_of("https://prices.example"), Web)


@pytest.mark.parametrize("text", ["http://prices.example", "file:///etc", "/does/not/exist"])
def test_anything_else_is_a_usage_error(text: str) -> None:
    with pytest.raises(UsageError, match=r"HTTPS only|is not a folder"):
        source_of(text)


def test_a_complete_answer_is_read_line_by_line(monkeypatch: pytest.MonkeyPatch) -> None:
    assert read_from_web(monkeypatch, b"a\nb\n", "4") == "a\nb\n"
    assert read_from_web(monkeypatch, b"a\nb", None) == "a\nb"


def test_an_answer_that_ends_early_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(PlatformError, match=r"ends after 4 of 9 bytes"):
        read_from_web(monkeypatch, b"a\nb\n", "9")


def test_an_unreachable_server_is_an_expected_failure(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: Any, **__: Any) -> None:
        raise TimeoutError("timed out")

    monkeypatch.setattr(urllib.request, "urlopen", refuse)
    with pytest.raises(PlatformError, match="timed out"):
        read_from_index(Web("https://prices.example"))


def read_from_index(files: source.Source) -> Any:
    return read_index(files, "/index.json")


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"{", "is not JSON"),
        (b"\xff\xfe", "is not UTF-8"),
        (b"[" * 100_000, "is not JSON"),
        (b"x" * (source.LONGEST_LINE + 1), "the line is longer"),
        (b"x\n" * (source.LARGEST_INDEX // 2 + 1), "has more than"),
    ],
    ids=["half", "binary", "nested", "one line", "large"],
)
def test_an_index_of_garbage_is_refused(tmp_path: Path, content: bytes, message: str) -> None:
    (tmp_path / "index.json").write_bytes(content)
    with pytest.raises(PlatformError, match=message):
        read_from_index(Folder(tmp_path))


def test_a_missing_file_and_one_outside_of_the_folder_are_refused(tmp_path: Path) -> None:
    with pytest.raises(PlatformError, match="can't be read"):
        read_from_index(Folder(tmp_path))
    (tmp_path / "outside.json").write_text("{}")
    (tmp_path / "inside").mkdir()
    with pytest.raises(PlatformError, match="outside"):
        read_index(Folder(tmp_path / "inside"), "/../outside.json")
