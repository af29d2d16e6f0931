"""https://github.com/aws-cloudformation/cfn-lint"""

from __future__ import annotations

from pathlib import Path

import pytest

from support.linting import TOOL, lint
from support.scanners import ScannerFinding

pytestmark = pytest.mark.synth
MISTYPED = {
    ScannerFinding(TOOL, "E3012", "planted", "Mistyped"),
    ScannerFinding(TOOL, "E3012", "planted", "QuietQueue"),
}


def test_a_mistyped_property_is_found_even_where_the_template_suppresses_it(
    planted: Path, tmp_path: Path
) -> None:
    assert set(lint(planted, ["planted"], folder=tmp_path)) == MISTYPED


def test_it_ignores_the_configuration_of_the_user(
    planted: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = tmp_path / "home"
    home.mkdir()
    (home / ".cfnlintrc").write_text("ignore_checks: [E3012]\n")
    monkeypatch.chdir(home)
    assert set(lint(planted, ["planted"], folder=tmp_path)) == MISTYPED
