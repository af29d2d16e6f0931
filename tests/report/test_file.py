from __future__ import annotations

import os
from pathlib import Path

import pytest

from catalog_platform.errors import PlatformError, UsageError
from catalog_platform.report import file


def test_a_report_replaces_the_earlier_one_and_leaves_nothing_beside_it(tmp_path: Path) -> None:
    report = tmp_path / "new" / "report.txt"
    file.write(report, "first")
    file.write(report, "é")
    assert report.read_bytes() == "é".encode()
    assert [each.name for each in report.parent.iterdir()] == ["report.txt"]


def test_a_link_stays_a_link(tmp_path: Path) -> None:
    target, link = tmp_path / "target", tmp_path / "link"
    link.symlink_to(target)
    file.write(link, "text")
    assert link.is_symlink()
    assert target.read_text() == "text"


def test_a_pipe_is_written_to_and_not_replaced(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    reader = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
    try:
        file.check_writable(pipe)
        file.write(pipe, "text")
        assert os.read(reader, 100) == b"text"
    finally:
        os.close(reader)
    assert pipe.is_fifo()


def test_an_open_pipe_has_a_name_that_leads_to_no_file_and_can_be_written_to() -> None:
    reader, writer = os.pipe()
    try:
        file.write(Path(f"/dev/fd/{writer}"), "text")
        assert os.read(reader, 100) == b"text"
    finally:
        os.close(reader)
        os.close(writer)


@pytest.mark.skipif(not Path("/dev/full").is_char_device(), reason="a device of Linux")
def test_a_full_device_is_an_expected_failure_and_stays_a_device() -> None:
    with pytest.raises(PlatformError, match="/dev/full: cannot be written: No space left"):
        file.write(Path("/dev/full"), "text")
    assert Path("/dev/full").is_char_device()


def test_a_file_in_the_way_of_the_folder_is_named(tmp_path: Path) -> None:
    (tmp_path / "taken").write_text("here")
    with pytest.raises(UsageError, match="does not exist"):
        file.check_writable(tmp_path / "taken" / "report.txt")
    with pytest.raises(PlatformError, match="cannot be written"):
        file.write(tmp_path / "taken" / "report.txt", "text")


def test_links_in_a_circle_are_an_expected_failure(tmp_path: Path) -> None:
    circle = tmp_path / "circle"
    circle.symlink_to(circle)
    with pytest.raises(PlatformError, match="cannot be written"):
        file.write(circle / "report.txt", "text")
