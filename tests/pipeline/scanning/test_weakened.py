"""What a change of policies, or of the code that they run with, makes weaker."""

from __future__ import annotations

from pathlib import Path

import pytest

from catalog_platform.findings import Severity
from support.compared_scans import ScanRepository


@pytest.fixture
def made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ScanRepository:
    return ScanRepository.create(tmp_path / "repository", monkeypatch)


@pytest.mark.parametrize(
    ("file", "expected"),
    [
        ("platform/catalog_platform/policy/statements.py", {"policy-changed"}),
        ("platform/catalog_platform/plan/statements.py", set()),
    ],
)
def test_code_that_policies_run_with_is_a_warning_if_it_differs(
    file: str, expected: set[str], made: ScanRepository
) -> None:
    path = made.workspace.root / file
    path.parent.mkdir(parents=True)
    path.write_text("")
    made.repository.commit("code")
    path.write_text("pass\n")
    found = [each for each in made.scan().problems if each.rule == "policy-changed"]
    assert {each.rule for each in found} == expected
    assert all(each.severity is Severity.WARNING for each in found)
    assert {each.location.file for each in found} == ({file} if expected else set())


def test_the_same_policies_are_not_weaker(made: ScanRepository) -> None:
    made.affect("shop")
    assert made.scan().problems == ()
