from __future__ import annotations

import os

import pytest

from catalog_platform.manifest import source
from support.manifests import VALID, a_repository, report_text


def test_a_file_larger_than_the_limit_is_not_read_whole(tmp_path):
    workspace = a_repository(tmp_path / "r", sample=VALID)
    path = workspace.environments / "sample.yaml"
    with path.open("ab") as file:
        file.truncate(1 << 40)  # sparse: reading all of it would end the process
    assert "larger than the maximum of 256 KiB" in report_text(workspace)


def test_the_limit_itself_is_accepted(tmp_path):
    filled = VALID + "#" * (source.MAXIMUM_BYTES - len(VALID))
    assert report_text(a_repository(tmp_path / "r", sample=filled)) == "no findings\n"


def test_bytes_that_are_not_utf_8_are_located(tmp_path):
    workspace = a_repository(tmp_path / "r", sample=b"a: 1\nb: \xff\n")
    assert "environments/sample.yaml:2:4: byte 0xff is not UTF-8" in report_text(workspace)


def test_a_byte_order_mark_and_windows_line_ends_are_accepted(tmp_path):
    content = b"\xef\xbb\xbf" + VALID.replace("\n", "\r\n").encode()
    assert report_text(a_repository(tmp_path / "r", sample=content)) == "no findings\n"


@pytest.mark.parametrize("character", ["\u202e", "\u200b", "\x07", "\x7f", "\u2028", "\ufeff"])
def test_an_invisible_character_is_found_even_in_a_comment(tmp_path, character):
    workspace = a_repository(tmp_path / "r", sample=f"# ab{character}c\n{VALID}")
    expected = f"environments/sample.yaml:1:5: the invisible character U+{ord(character):04X}"
    assert expected in report_text(workspace)


def test_a_named_pipe_is_refused_without_blocking(tmp_path):
    workspace = a_repository(tmp_path / "r")
    os.mkfifo(workspace.environments / "sample.yaml")
    assert "is not a regular file" in report_text(workspace)


def test_a_folder_is_refused(tmp_path):
    workspace = a_repository(tmp_path / "r")
    (workspace.environments / "sample.yaml").mkdir()
    assert "is not a regular file" in report_text(workspace)


def test_a_link_that_leads_out_of_the_folder_is_refused(tmp_path):
    workspace = a_repository(tmp_path / "r")
    (tmp_path / "secret.yaml").write_text(VALID)
    (workspace.environments / "sample.yaml").symlink_to(tmp_path / "secret.yaml")
    assert "is a link to a file outside its folder" in report_text(workspace)


def test_a_dangling_link_is_a_finding(tmp_path):
    workspace = a_repository(tmp_path / "r")
    (workspace.environments / "sample.yaml").symlink_to("gone.yaml")
    assert "cannot be read: No such file or directory" in report_text(workspace)


def test_a_link_within_the_folder_is_followed(tmp_path):
    workspace = a_repository(tmp_path / "r", sample=VALID)
    (workspace.environments / "other.yaml").symlink_to("sample.yaml")
    assert "'sample' differs from the file name, 'other'" in report_text(workspace, "other")


def test_a_file_that_ends_in_yml_is_reported(tmp_path):
    workspace = a_repository(tmp_path / "r", sample=VALID)
    (workspace.environments / "prod.yml").write_text(VALID)
    assert "environments/prod.yml:1:1: this file is ignored" in report_text(workspace)
