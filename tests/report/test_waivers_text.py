from __future__ import annotations

import datetime
from typing import Any

from catalog_platform.policy.waiver_format import Waiver
from catalog_platform.policy.waiver_list import listed
from catalog_platform.report import waivers_text
from support.results import a_waiver

TODAY = datetime.date(2030, 6, 1)


def text(*waivers: Waiver, by_owner: bool = False, **covered: int) -> list[str]:
    content = listed(waivers, "policies/waivers.yaml", TODAY, covered)
    return waivers_text.render(content, by_owner=by_owner).splitlines()


def rules_shown(*rules: str) -> Any:
    return text(a_waiver(rules=rules))[1].partition("catalog-team  ")[2]


def test_a_line_has_expiry_days_scope_owner_and_rules() -> None:
    assert text(
        a_waiver(id="a", ticket="OPS-1", selector="tiers", selected=("production",)), a=2
    ) == [
        "expires     days  id  kind    scope            owner         ticket  covers  rules",
        "2030-06-30    29  a   policy  tier production  catalog-team  OPS-1        2  CKV_AWS_27",
    ]


def test_a_column_without_values_is_left_out() -> None:
    assert text(a_waiver(id="a", selector="environments", selected=("dev", "prod"))) == [
        "expires     days  id  kind    scope      owner         rules",
        "2030-06-30    29  a   policy  dev, prod  catalog-team  CKV_AWS_27",
    ]


def test_rules_are_cut_to_what_fits() -> None:
    assert rules_shown("A", "B") == "A, B"
    assert rules_shown("A" * 50, "B" * 20, "C") == f"{'A' * 50} and 2 more"
    assert rules_shown("A" * 80) == f"{'A' * 59}…"


def test_each_owner_has_a_table_and_a_summary() -> None:
    ended = a_waiver(id="ended", owner="b", expires=datetime.date(2030, 5, 31))
    assert text(ended, a_waiver(id="c"), a_waiver(id="d", owner="b"), by_owner=True) == [
        "b: 2 waivers; 1 expired; next on 2030-06-30, 29 days left",
        "expires     days  id     kind    scope  rules",
        "2030-05-31    -1  ended  policy  all    CKV_AWS_27",
        "2030-06-30    29  d      policy  all    CKV_AWS_27",
        "",
        "catalog-team: 1 waiver; next on 2030-06-30, 29 days left",
        "expires     days  id  kind    scope  rules",
        "2030-06-30    29  c   policy  all    CKV_AWS_27",
    ]


def test_an_empty_list_says_so() -> None:
    assert text() == ["no waivers"]
