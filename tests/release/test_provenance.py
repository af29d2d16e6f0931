from __future__ import annotations

from pathlib import Path

import pytest

from catalog_platform.errors import PlatformError
from catalog_platform.release.commit import Commit
from catalog_platform.release.provenance import FILE, Provenance, read, require_target, write


@pytest.mark.parametrize("commit", [Commit("abc", clean=True), Commit("abc", clean=False), None])
def test_commit_and_targets_are_read_as_they_were_written(
    tmp_path: Path, commit: Commit | None
) -> None:
    written = Provenance(commit, {"prod": "aws", "dev": "embedded"})
    write(tmp_path, written)
    assert read(tmp_path) == written


@pytest.mark.parametrize(
    "text", [None, "", "{}", "[]", "no JSON", '{"commit": {"id": "a"}, "targets": {}}', "\xff"]
)
def test_without_a_readable_record_nothing_is_known(tmp_path: Path, text: str | None) -> None:
    if text is not None:
        (tmp_path / FILE).write_text(text, encoding="latin-1")
    assert read(tmp_path) == Provenance()


def test_a_record_that_cannot_be_written_is_an_expected_failure(tmp_path: Path) -> None:
    (tmp_path / FILE).mkdir()
    with pytest.raises(PlatformError, match="cannot be written: Is a directory"):
        write(tmp_path, Provenance())


def test_an_assembly_for_another_target_is_refused(tmp_path: Path) -> None:
    write(tmp_path, Provenance(None, {"prod": "embedded", "dev": "aws"}))
    require_target(tmp_path, "dev", "aws")
    with pytest.raises(PlatformError, match="prod was synthesised for the target embedded"):
        require_target(tmp_path, "prod", "aws")
    with pytest.raises(PlatformError, match="the target unknown, and is deployed to aws") as caught:
        require_target(tmp_path, "staging", "aws")
    assert "catalogctl synth staging --target aws" in caught.value.hint
