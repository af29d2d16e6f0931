from __future__ import annotations

import pytest

from catalog_platform.manifest.checks import clients as rules
from support.models import violations

ONE, OTHER = "sg-0123456789abcdef0", "sg-0123456789abcdef1"
FOREIGN = f"222222222222/{ONE}"


@pytest.mark.parametrize("section", ["database", "cache"])
@pytest.mark.parametrize(
    ("groups", "found"),
    [
        ([], []),
        ([ONE, OTHER], []),
        ([ONE, FOREIGN], [1]),
        ([FOREIGN, OTHER, ONE], [2]),
        # Reported by list-elements-are-distinct.
        ([ONE, ONE], []),
    ],
)
def test_a_group_is_listed_once(section: str, groups: list[str], found: list[int]) -> None:
    path = f"{section}.client_security_groups"
    broken = violations(
        rules.client_security_groups_are_distinct, **{section: {"client_security_groups": groups}}
    )
    assert broken == [f"{path}[{index}]" for index in found]


def test_database_and_cache_may_have_the_same_clients() -> None:
    listed = {"client_security_groups": [ONE]}
    assert not violations(rules.client_security_groups_are_distinct, database=listed, cache=listed)
