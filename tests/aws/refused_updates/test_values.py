from __future__ import annotations

from typing import Any

import pytest

from catalog_platform.aws.refused_updates.values import is_older, number


@pytest.mark.parametrize(
    ("new", "old", "expected"),
    [
        ("16.9", "17.9", True),
        ("17.9", "17.10", True),
        ("17", "17.9", False),
        ("16", "17.9", True),
        ("17.10", "17.9", False),
        (None, "17.9", False),
        ("latest", "17.9", False),
        ({"Ref": "Version"}, "17.9", False),
    ],
)
def test_versions_are_compared_by_number(new: Any, old: Any, expected: bool) -> None:
    assert is_older(new, old) is expected


def test_only_whole_numbers_count() -> None:
    assert [number(each) for each in ("5", 5, "x", None, {"Ref": "A"})] == [5, 5, None, None, None]
