"""The digest of all texts that an environment is made of."""

from __future__ import annotations

from pathlib import Path

import pytest

from catalog_platform.manifest import Manifests
from support.manifests import (
    VALID,
    a_repository,
    findings_of,
    resolved_names,
    with_files,
    with_lines,
)


@pytest.mark.usefixtures("kept")
@pytest.mark.parametrize(
    "file", ["sample.yaml", "defaults.yaml", "shared/small.yaml", "shared/inner.yaml"]
)
def test_an_edit_of_any_file_of_an_environment_is_seen(file: str, tmp_path: Path) -> None:
    workspace = with_files(
        a_repository(tmp_path / "r", sample=f"extends: [shared/small.yaml]\n{VALID}"),
        {
            "shared/small.yaml": "extends: [shared/inner.yaml]\nstream:\n  shards: 2\n",
            "shared/inner.yaml": "logs:\n  retention_days: 7\n",
        },
    )
    Manifests(workspace).check([])
    assert resolved_names(workspace) == []
    path = workspace.environments / file
    text = path.read_text()
    path.write_text(f"{text}\nbackup: {{enabled: maybe}}\n")
    assert findings_of(workspace)
    path.write_text(f"{text}# a comment\n")
    assert resolved_names(workspace) == ["sample"]
    assert findings_of(workspace) == ()
    path.write_text(text)
    assert resolved_names(workspace) == []


@pytest.mark.usefixtures("kept")
def test_a_file_that_is_gone_or_a_link_to_another_place_is_found(tmp_path: Path) -> None:
    workspace = with_files(
        a_repository(tmp_path / "r", sample=f"extends: [shared.yaml]\n{VALID}"),
        {"shared.yaml": "stream:\n  shards: 2\n"},
    )
    shared, outside = workspace.environments / "shared.yaml", tmp_path / "outside.yaml"
    # A file in the folder is an environment as well, and this one isn't complete.
    Manifests(workspace).check(["sample"])
    assert "sample" not in resolved_names(workspace)
    shared.rename(outside)
    assert [each.rule for each in findings_of(workspace, "sample")] == ["extends-missing"]
    shared.symlink_to(outside)
    assert [each.rule for each in findings_of(workspace, "sample")] == ["extends-outside"]


@pytest.mark.usefixtures("kept")
def test_a_copy_under_another_name_is_checked(tmp_path: Path) -> None:
    workspace = a_repository(tmp_path / "r", sample=VALID)
    Manifests(workspace).check([])
    (workspace.environments / "sample.yaml").rename(workspace.environments / "other.yaml")
    assert [each.rule for each in findings_of(workspace)] == ["name-is-the-file-name"]


@pytest.mark.usefixtures("kept")
def test_a_text_that_is_edited_while_it_is_read_is_kept_as_it_was_read(tmp_path: Path) -> None:
    workspace = a_repository(tmp_path / "r", sample=VALID)
    manifests = Manifests(workspace)
    assert manifests.digest("sample") is None
    path = workspace.environments / "sample.yaml"
    path.write_text(with_lines("stream:\n  shards: 3\n"))
    shards = manifests.check([])[0]["sample"].stream.shards
    assert Manifests(workspace).check([])[0]["sample"].stream.shards == 3
    path.write_text(VALID)
    assert Manifests(workspace).check([])[0]["sample"].stream.shards == shards


@pytest.mark.usefixtures("kept")
@pytest.mark.parametrize(
    "text",
    [
        'extends: ["\\ud800.yaml"]\n',
        'tags:\n  owner: "\\ud800"\n',
        "tags:\n  owner: '{{ \"\\ud800\" }}'\n",
        "a: [",
        "\0",
        "extends: x",
    ],
)
def test_a_text_that_cannot_be_kept_has_the_same_findings_again(text: str, tmp_path: Path) -> None:
    workspace = a_repository(tmp_path / "r", sample=f"{text}{VALID}")
    first = findings_of(workspace)
    assert findings_of(workspace) == first
    assert first == Manifests(workspace).check([])[1]


def test_the_digest_of_a_text_that_is_not_utf_8_is_unknown(tmp_path: Path) -> None:
    workspace = a_repository(tmp_path / "r", sample=VALID)
    manifests = Manifests(workspace)
    manifests.check([])
    known = manifests.digest("sample")
    assert known is not None
    (workspace.environments / "sample.yaml").write_bytes(b"\xff")
    assert Manifests(workspace).digest("sample") is None
