from __future__ import annotations

import re

from hypothesis import given
from hypothesis import strategies as st

from catalog_platform.manifest.checks.database import LARGEST_STORAGE_GIB, storage_can_grow
from support.models import a_manifest

GIB = st.integers(min_value=20, max_value=LARGEST_STORAGE_GIB)


@given(storage=GIB, maximum=GIB)
def test_storage_can_grow_by_ten_percent_and_the_hint_is_accepted(
    storage: int, maximum: int
) -> None:
    found = list(storage_can_grow(_manifest(storage, maximum)))
    assert bool(found) == (maximum * 10 < storage * 11)
    for problem in found:
        number = int(re.findall(r"[0-9]+", problem.hint)[0])
        fixed = (storage, number) if "set it" in problem.hint else (number, LARGEST_STORAGE_GIB)
        assert list(storage_can_grow(_manifest(*fixed))) == []


def _manifest(storage: int, maximum: int):
    return a_manifest(database={"storage_gib": storage, "maximum_storage_gib": maximum})
