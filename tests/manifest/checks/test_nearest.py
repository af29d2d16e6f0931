from __future__ import annotations

import pytest

from catalog_platform.manifest.checks.nearest import nearest


@pytest.mark.parametrize(
    ("value", "valid", "hint"),
    [
        ("large", ["xlarge"], "did you mean xlarge?"),
        ("17.3", ["17.4", "17.5"], "did you mean 17.5 or 17.4?"),
        ("zzz", ["b", "a"], "valid sizes: a, b"),
        ("zzz", ["f", "e", "d", "c", "b", "a"], "valid sizes: a, b, c, d and 2 more"),
    ],
)
def test_a_hint_names_similar_values_or_some_of_all(
    value: str, valid: list[str], hint: str
) -> None:
    assert nearest(value, valid, "sizes") == hint
