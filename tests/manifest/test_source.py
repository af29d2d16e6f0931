from __future__ import annotations

import os

import pytest

from catalog_platform.manifest import source
from support.manifests import SOUND, a_repository, told


def test_a_file_larger_than_the_limit_is_not_read_whole(tmp_path):
    workspace = a_repository(tmp_path / "r", sample=SOUND)
    path = workspace.environments / "sample.yaml"
    with path.open("ab") as file:
        file.truncate(1 << 40)  # sparse: reading all of it would end the process
    assert "larger than 256 KiB" in told(workspace)


def test_the_limit_itself_is_accepted(tmp_path):
    filled = SOUND + "#" * (source.MAXIMUM_BYTES - len(SOUND))
    assert told(a_repository(tmp_path / "r", sample=filled)) == "no findings\n"


def test_bytes_that_are_not_utf_8_are_found_where_they_stand(tmp_path):
    workspace = a_repository(tmp_path / "r", sample=b"a: 1\nb: \xff\n")
    assert "environments/sample.yaml:2:4: byte 0xff is not UTF-8" in told(workspace)


def test_a_byte_order_mark_and_windows_line_ends_are_accepted(tmp_path):
    content = b"\xef\xbb\xbf" + SOUND.replace("\n", "\r\n").encode()
    assert told(a_repository(tmp_path / "r", sample=content)) == "no findings\n"


@pytest.mark.parametrize("character", ["\u202e", "\u200b", "\x07", "\x7f", "\u2028", "\ufeff"])
def test_a_character_that_cannot_be_seen_is_found_even_in_a_comment(tmp_path, character):
    workspace = a_repository(tmp_path / "r", sample=f"# ab{character}c\n{SOUND}")
    assert f"environments/sample.yaml:1:5: U+{ord(character):04X}" in told(workspace)


def test_a_named_pipe_is_refused_instead_of_waited_for(tmp_path):
    workspace = a_repository(tmp_path / "r")
    os.mkfifo(workspace.environments / "sample.yaml")
    assert "is not a regular file" in told(workspace)


def test_a_folder_is_refused(tmp_path):
    workspace = a_repository(tmp_path / "r")
    (workspace.environments / "sample.yaml").mkdir()
    assert "is not a regular file" in told(workspace)


def test_a_link_that_leads_out_of_the_folder_is_refused(tmp_path):
    workspace = a_repository(tmp_path / "r")
    (tmp_path / "secret.yaml").write_text(SOUND)
    (workspace.environments / "sample.yaml").symlink_to(tmp_path / "secret.yaml")
    assert "is a link that leads out of its folder" in told(workspace)


def test_a_link_to_nothing_is_a_finding(tmp_path):
    workspace = a_repository(tmp_path / "r")
    (workspace.environments / "sample.yaml").symlink_to("gone.yaml")
    assert "cannot be read: No such file or directory" in told(workspace)


def test_a_link_within_the_folder_is_followed(tmp_path):
    workspace = a_repository(tmp_path / "r", sample=SOUND)
    (workspace.environments / "other.yaml").symlink_to("sample.yaml")
    assert "'sample' is not the name of the file, 'other'" in told(workspace, "other")


def test_a_file_with_the_other_extension_is_noticed(tmp_path):
    workspace = a_repository(tmp_path / "r", sample=SOUND)
    (workspace.environments / "prod.yml").write_text(SOUND)
    assert "environments/prod.yml:1:1: is not read" in told(workspace)
