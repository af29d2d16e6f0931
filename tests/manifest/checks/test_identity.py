from __future__ import annotations

from pathlib import Path

import pytest

from catalog_platform.manifest import Manifests
from support.manifests import VALID, a_repository


@pytest.mark.parametrize(("file", "found"), [("sample", 0), ("simple", 1)])
def test_the_name_is_compared_with_the_file(file: str, found: int, tmp_path: Path) -> None:
    manifests = Manifests(a_repository(tmp_path / "r", **{file: VALID}))
    _, findings = manifests.check([file])
    assert [each.rule for each in findings] == ["name-is-the-file-name"] * found
    for finding in findings:
        assert str(finding.location) == "environments/simple.yaml:2:3"
        assert finding.hint == "write `name: simple`, or rename the file to sample.yaml"
