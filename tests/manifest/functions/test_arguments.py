from __future__ import annotations

from typing import Any

import pytest

from catalog_platform.manifest.functions.arguments import require_integer, require_text


@pytest.mark.parametrize("value", [1, None, ["a"], True])
def test_only_text_is_text(value: Any) -> None:
    assert require_text("") == ""
    with pytest.raises(ValueError, match=r"^unit must be text$"):
        require_text(value, "unit")


@pytest.mark.parametrize("value", [1, 3])
def test_both_bounds_are_allowed(value: int) -> None:
    assert require_integer(value, "index", 1, 3) == value


@pytest.mark.parametrize("value", [0, 4, True, 2.0, "2", None])
def test_a_number_out_of_bounds_or_of_another_type_is_refused(value: Any) -> None:
    with pytest.raises(ValueError, match=r"^index must be a whole number from 1 to 3$"):
        require_integer(value, "index", 1, 3)
