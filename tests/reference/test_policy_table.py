from __future__ import annotations

import pytest

from catalog_platform.errors import PlatformError
from catalog_platform.policy.own_policies import OwnPolicy
from catalog_platform.policy.severity import PolicySeverity
from catalog_platform.reference.policy_table import BEGIN, END, page


def policy(name: str, *keys: str) -> OwnPolicy:
    return OwnPolicy(
        id=name,
        requirement="No | queue",
        severity=PolicySeverity.LOW,
        keys=keys,
        file=f"checks/{name}.py",
    )


def test_the_table_between_the_markers_is_replaced_and_sorted_by_number() -> None:
    written = f"before\n{BEGIN}old\n{END}after\n"
    text = page(written, [policy("OUR_10"), policy("OUR_2", "a.b", "c.d")])
    before, _, rest = text.partition(BEGIN)
    rows, _, after = rest.partition(END)
    assert (before, after) == ("before\n", "after\n")
    assert rows.splitlines()[2:] == [
        r"| OUR_2 | low | No \| queue | `a.b`, `c.d` | [`OUR_2.py`](checks/OUR_2.py) |",
        r"| OUR_10 | low | No \| queue | none | [`OUR_10.py`](checks/OUR_10.py) |",
    ]
    assert page(text, [policy("OUR_10"), policy("OUR_2", "a.b", "c.d")]) == text


@pytest.mark.parametrize("written", ["", BEGIN, END + BEGIN, BEGIN + END + BEGIN + END, BEGIN * 2])
def test_a_page_without_markers_is_an_error(written: str) -> None:
    with pytest.raises(PlatformError, match="must have the lines"):
        page(written, [])
