from __future__ import annotations

import pytest

from catalog_platform.manifest.checks.tier import tier_follows_the_name
from support.models import a_manifest


@pytest.mark.parametrize(
    ("name", "tier"),
    [
        ("prod", "staging"),
        ("prod", "development"),
        ("eu-prod", "staging"),
        ("production-eu", "development"),
        ("live", "staging"),
        ("staging", "development"),
        ("prod2", "development"),
        ("prod01", "staging"),
        ("eu-live1", "development"),
        ("stg3-eu", "development"),
    ],
)
def test_a_tier_that_is_weaker_than_the_name_is_reported(name: str, tier: str) -> None:
    (problem,) = tier_follows_the_name(a_manifest(environment={"name": name, "tier": tier}))
    assert problem.path == "environment.tier"
    assert "exceptions" in problem.hint


@pytest.mark.parametrize(
    ("name", "tier"),
    [
        ("prod", "production"),
        ("pre-prod", "staging"),
        ("non-prod", "development"),
        ("staging", "production"),
        ("product-demo", "development"),
        ("shop", "development"),
        ("product2", "development"),
        ("pre-prod2", "staging"),
        ("demo-2", "development"),
    ],
)
def test_other_names_and_tiers_are_accepted(name: str, tier: str) -> None:
    assert list(tier_follows_the_name(a_manifest(environment={"name": name, "tier": tier}))) == []
