from __future__ import annotations

from catalog_platform.manifest.checks import RULES
from catalog_platform.manifest.checks.rule import rule_id


def test_the_identifier_of_a_rule_is_its_name_in_kebab_case() -> None:
    def storage_can_grow() -> None:
        """A rule."""

    assert rule_id(storage_can_grow) == "storage-can-grow"


def test_no_two_rules_have_the_same_identifier() -> None:
    assert len({rule_id(rule) for rule in RULES}) == len(RULES)
