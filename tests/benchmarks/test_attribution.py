"""The study of causes: a short version of it, and that it notices wrong causes."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from catalog_platform.plan.because import Attribution
from support.attribution_study import random_changes, study

pytestmark = pytest.mark.synth


def test_random_changes_have_several_keys_and_are_the_same_each_time() -> None:
    found = [*random_changes(1, 8)]
    assert found == [*random_changes(1, 8)] != [*random_changes(2, 8)]
    assert all(2 <= len(each) <= 10 for each in found)


@pytest.mark.exhaustive
def test_the_causes_of_five_random_changes_are_exact(tmp_path: Path) -> None:
    for number, change in enumerate(random_changes(5, 5, largest=2)):
        figures = study(change, tmp_path / str(number))
        assert figures.wrong == ()
        assert figures.reproduced == figures.minimal == figures.rows > 0


@pytest.mark.exhaustive
@pytest.mark.parametrize("named", ["no", "every"])
def test_wrong_causes_are_noticed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, named: str
) -> None:
    def causes(self: Attribution[Any]) -> dict[str, tuple[Any, ...]]:
        return dict.fromkeys(self.every, self._edits if named == "every" else ())

    monkeypatch.setattr(Attribution, "causes", causes)
    change = {"processor.memory_mb": 2048, "stream.shards": 8}
    figures = study(change, tmp_path / "study")
    assert figures.rows == len(figures.wrong) > 1
    assert (figures.minimal if named == "every" else figures.reproduced) == 0
