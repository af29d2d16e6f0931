"""The rows of a renamed environment."""

from __future__ import annotations

from catalog_platform.plan.rename import rename_changes


def test_the_new_stack_is_empty_and_the_old_one_stays() -> None:
    created, left = rename_changes("shop", "store")
    assert created.blocking
    assert "catalog-store is created beside catalog-shop" in created.explanation
    assert [(each.old, each.new) for each in created.properties] == [
        ("catalog-shop", "catalog-store")
    ]
    assert (left.verdict, left.blocking, left.action) == ("orphaned", False, "remove")
    assert "catalog-shop stays with its data" in left.explanation
