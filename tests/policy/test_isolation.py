from __future__ import annotations

import os
from pathlib import Path

import pytest

from catalog_platform import variables
from catalog_platform.policy.isolation import SETTINGS, isolated
from support import harmful_variables


def test_a_scan_sees_neither_variables_nor_files_of_the_user(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = harmful_variables.write_home(tmp_path, "192.0.2.1:1")
    for name, value in harmful_variables.variables(home, "192.0.2.1:1").items():
        monkeypatch.setenv(name, value)
    before = dict(os.environ)
    with isolated():
        assert os.environ.keys() <= {*variables.BASE, *variables.FIXED, *SETTINGS}
        assert list(Path.home().iterdir()) == []
        scratch = Path.home()
    assert dict(os.environ) == before
    assert not scratch.exists()
