from __future__ import annotations

import pytest

from catalog_platform.errors import UsageError
from catalog_platform.release.recovery.request import check_ids


def test_an_unknown_id_is_a_usage_error_that_lists_the_known_ones() -> None:
    check_ids("--skip", ["A", "B"], {"B", "A"})
    with pytest.raises(UsageError, match="--skip C: is not one of A, B"):
        check_ids("--skip", ["A", "C"], {"B", "A"})
    with pytest.raises(UsageError, match="is not one of none"):
        check_ids("--skip", ["A"], ())
