"""Bases whose code differs, which their own code scans."""

from __future__ import annotations

from pathlib import Path

import pytest

from support.compared_scans import ScanRepository
from support.results import a_result

SHOP = a_result(environment="shop")


@pytest.fixture
def made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ScanRepository:
    return ScanRepository.create(tmp_path / "repository", monkeypatch)


def verbs(made: ScanRepository) -> list[str]:
    """Return what the base's own code was called with, without options."""
    return [" ".join(words).partition(" --")[0] for words in made.own]


def test_the_base_is_validated_synthesised_and_scanned_with_its_own_code_once(
    made: ScanRepository,
) -> None:
    made.head.results = made.base.results = [SHOP]
    made.affect("shop")
    made.edit_code()
    first = made.scan("shop")
    assert [each.status for each in first.results] == ["unchanged"]
    assert verbs(made) == ["validate shop", "synth shop", "scan shop"]
    assert made.scan("shop") == first
    assert len(made.own) == 3


def test_findings_of_the_base_are_no_failure_of_its_scan(made: ScanRepository) -> None:
    made.base.results = [SHOP]  # `catalogctl scan` ends with 1
    made.affect("shop")
    made.edit_code()
    (fixed,) = made.scan("shop").fixed
    assert fixed.identity == SHOP.identity
